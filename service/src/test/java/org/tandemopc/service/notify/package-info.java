/** Tests of notifications, against servers that do as they are told. */
@NullMarked
package org.tandemopc.service.notify;

import org.jspecify.annotations.NullMarked;
