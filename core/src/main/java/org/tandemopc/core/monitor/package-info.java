/** Monitor items: what is watched on the members, and when a member fails the test (manual p.19-22). Pure. */
@NullMarked
package org.tandemopc.core.monitor;

import org.jspecify.annotations.NullMarked;
