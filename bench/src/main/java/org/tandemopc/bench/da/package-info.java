/**
 * OPC DA through Tandem beside what there is else: reads directly, through HAProxy and through Tandem, our client and Utgard's,
 * streams of values, members that die and hang, and many clients.
 */
@NullMarked
package org.tandemopc.bench.da;

import org.jspecify.annotations.NullMarked;
