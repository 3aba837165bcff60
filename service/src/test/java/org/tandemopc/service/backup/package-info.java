@NullMarked
package org.tandemopc.service.backup;

import org.jspecify.annotations.NullMarked;
