/** The coverage list: which requirement ids have a test that ran and passed. */
@NullMarked
package org.tandemopc.testkit.requirement;

import org.jspecify.annotations.NullMarked;
