package org.tandemopc.it.house;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** The modules of this build, read from their POMs and class files. */
final class Modules {
    private static final String GROUP = "org.tandemopc";

    private Modules() {}

    static Path root() {
        Path here = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
        return Files.isRegularFile(here.resolve("it").resolve("pom.xml"))
                ? here
                : here.resolveSibling(".").normalize();
    }

    /** Names of the modules that the root POM lists. */
    static List<String> names() {
        List<String> names = new ArrayList<>();
        for (Element module : elements(pom(root()), "module")) {
            names.add(module.getTextContent().strip());
        }
        return names;
    }

    /** Modules of ours that a module needs to run, without what its tests need. */
    static TreeSet<String> dependenciesOf(String module) {
        TreeSet<String> ours = new TreeSet<>();
        for (Element dependency : elements(pom(root().resolve(module)), "dependency")) {
            if (GROUP.equals(child(dependency, "groupId")) && !"test".equals(child(dependency, "scope"))) {
                ours.add(child(dependency, "artifactId"));
            }
        }
        return ours;
    }

    /** Compiled classes of the modules. @param folder {@code classes} or {@code test-classes} */
    static JavaClasses compiled(List<String> modules, String folder) {
        List<Path> folders = modules.stream()
                .map(m -> root().resolve(m).resolve("target").resolve(folder))
                .filter(Files::isDirectory)
                .toList();
        return new ClassFileImporter().importPaths(folders);
    }

    /** Modules that have sources in the given place but nothing compiled from them. */
    static List<String> notCompiled(List<String> modules) {
        return modules.stream()
                .filter(m -> hasJava(root().resolve(m).resolve("src/main/java")))
                .filter(m -> !Files.isDirectory(root().resolve(m).resolve("target/classes")))
                .toList();
    }

    private static boolean hasJava(Path folder) {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.anyMatch(f -> f.toString().endsWith(".java"));
        } catch (IOException e) {
            throw new AssertionError(folder.toString(), e);
        }
    }

    private static Document pom(Path folder) {
        try {
            return DocumentBuilderFactory.newDefaultInstance()
                    .newDocumentBuilder()
                    .parse(folder.resolve("pom.xml").toFile());
        } catch (IOException | SAXException | ParserConfigurationException e) {
            throw new AssertionError(folder.toString(), e);
        }
    }

    private static List<Element> elements(Document document, String name) {
        NodeList nodes = document.getElementsByTagName(name);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            elements.add((Element) nodes.item(i));
        }
        return elements;
    }

    private static String child(Element element, String name) {
        NodeList nodes = element.getElementsByTagName(name);
        return nodes.getLength() == 0 ? "" : nodes.item(0).getTextContent().strip();
    }
}
