/** What tests share: requirement ids, seeds, waiting for conditions. */
@NullMarked
package org.tandemopc.testkit;

import org.jspecify.annotations.NullMarked;
