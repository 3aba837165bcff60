/** What is installed of Tandem is installed, run and taken away again. */
@NullMarked
package org.tandemopc.packaging;

import org.jspecify.annotations.NullMarked;
