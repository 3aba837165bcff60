/** The browser of this machine. Whoever uses it has Playwright among its own dependencies. */
@NullMarked
package org.tandemopc.testkit.browser;

import org.jspecify.annotations.NullMarked;
