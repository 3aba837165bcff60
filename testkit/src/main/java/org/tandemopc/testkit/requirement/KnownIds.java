package org.tandemopc.testkit.requirement;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.tandemopc.testkit.Requirement;

/** Fails a test class that names an id which does not exist. On for every module that has the testkit. */
public final class KnownIds implements BeforeAllCallback {
    @Override
    public void beforeAll(ExtensionContext context) {
        check(context.getRequiredTestClass());
    }

    static void check(Class<?> testClass) {
        checkElement(testClass);
        for (Method method : testClass.getDeclaredMethods()) {
            checkElement(method);
        }
    }

    private static void checkElement(AnnotatedElement element) {
        Requirement requirement = element.getAnnotation(Requirement.class);
        if (requirement == null) {
            return;
        }
        for (String id : requirement.value()) {
            if (!RequirementIds.all().containsKey(id)) {
                throw new IllegalStateException(element + " names the requirement '" + id + "', which does not exist");
            }
        }
    }
}
