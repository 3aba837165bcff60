package org.tandemopc.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Ids of requirement rows, failure cases (S1-S36) and invariants (I1-I12, M1-M7, ML1, ML2) that this test would fail
 * without.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface Requirement {
    String[] value();

    Protocol protocol() default Protocol.ANY;
}
