/** The example of the module's README. */
@NullMarked
package org.tandemopc.dcom.example;

import org.jspecify.annotations.NullMarked;
