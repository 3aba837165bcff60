@NullMarked
package org.tandemopc.testkit.process;

import org.jspecify.annotations.NullMarked;
