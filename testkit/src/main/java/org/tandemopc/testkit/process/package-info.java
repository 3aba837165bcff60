/** Processes under test: started, killed, frozen and thawed from a test, and gone when it ends. */
@NullMarked
package org.tandemopc.testkit.process;

import org.jspecify.annotations.NullMarked;
