/**
 * The web console as people see it: the whole program with simulated servers, and a browser that the machine has. Each test
 * has a page of its own, which must write no error to its console and load nothing from anywhere else; {@code ConsoleLookIT}
 * judges each page by axe (WCAG 2.2 AA), and makes the pictures of docs/images with {@code -Dpictures}.
 */
@NullMarked
package org.tandemopc.it.console;

import org.jspecify.annotations.NullMarked;
