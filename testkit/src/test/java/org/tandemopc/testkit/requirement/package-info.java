@NullMarked
package org.tandemopc.testkit.requirement;

import org.jspecify.annotations.NullMarked;
