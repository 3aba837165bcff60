/** What a benchmark runs against: servers, proxies and the machine. */
@NullMarked
package org.tandemopc.bench.world;

import org.jspecify.annotations.NullMarked;
