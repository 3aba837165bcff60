/** Fixed sequences of requests whose answers are compared, direct and through Tandem. */
@NullMarked
package org.tandemopc.it.script;

import org.jspecify.annotations.NullMarked;
