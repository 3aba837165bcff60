/** What a client saw, servers did and Tandem recorded in one run, and the judge of it. */
@NullMarked
package org.tandemopc.it.history;

import org.jspecify.annotations.NullMarked;
