/** Keys and certificates of the REST interface: those of the configuration, or one that Tandem makes. */
@NullMarked
package org.tandemopc.service.tls;

import org.jspecify.annotations.NullMarked;
