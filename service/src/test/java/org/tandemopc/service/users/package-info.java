@NullMarked
package org.tandemopc.service.users;

import org.jspecify.annotations.NullMarked;
