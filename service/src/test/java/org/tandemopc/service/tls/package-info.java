@NullMarked
package org.tandemopc.service.tls;

import org.jspecify.annotations.NullMarked;
