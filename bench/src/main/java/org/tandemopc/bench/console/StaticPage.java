package org.tandemopc.bench.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tandemopc.testkit.process.PortPicker;
import org.tandemopc.testkit.process.TestFolder;
import org.tandemopc.testkit.process.TestProcess;

/**
 * What the console is compared with: a page of as many octets, from the JDK's own server of files, that has all pairs and all records in
 * its text and does nothing but show the name of a pair that is clicked. No console that loads, asks and draws can be sooner.
 */
final class StaticPage implements AutoCloseable {
    static final String ROWS = "rows.html";

    private static final String CONSOLE = "/org/tandemopc/console/";
    private static final Duration START_MAX = Duration.ofSeconds(30);
    private static final Pattern SCRIPT = Pattern.compile("src=\"/(assets/[^\"]+\\.js)\"");
    private static final Pattern STYLE = Pattern.compile("href=\"/(assets/[^\"]+\\.css)\"");
    private static final String SHOWING = """
            document.addEventListener('click', (e) => {
              const row = e.target.closest('a.pairrow');
              if (row) {
                document.querySelector('h1').textContent = row.dataset.pair;
              }
            });
            """;

    private final TestFolder folder = new TestFolder("static");
    private final int port = PortPicker.pick();
    private final TestProcess process;

    /** @param records shown on {@link #ROWS} */
    StaticPage(List<String> pairs, int records) {
        try {
            write(pairs, records);
        } catch (IOException e) {
            folder.close();
            throw new UncheckedIOException(e);
        }
        process = TestProcess.start(
                "static page",
                folder.path().resolve("errors.txt"),
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "jwebserver")
                                .toString(),
                        "-b",
                        "127.0.0.1",
                        "-p",
                        String.valueOf(port),
                        "-d",
                        folder.path().toString(),
                        "-o",
                        "none"));
        try {
            org.tandemopc.testkit.Await.until("the static page is served", START_MAX, this::isListening);
        } catch (AssertionError e) {
            close();
            throw e;
        }
    }

    private void write(List<String> pairs, int records) throws IOException {
        String index = new String(console("index.html"), StandardCharsets.UTF_8);
        byte[] script = console(named(SCRIPT, index));
        Files.write(folder.path().resolve("app.css"), console(named(STYLE, index)));
        StringBuilder padded = new StringBuilder(SHOWING).append("/*");
        padded.repeat("x", Math.max(0, script.length - padded.length() - 2)).append("*/");
        Files.writeString(folder.path().resolve("app.js"), padded);
        Files.writeString(folder.path().resolve("index.html"), html(pairs, 0));
        Files.writeString(folder.path().resolve(ROWS), html(pairs, records));
    }

    private static String named(Pattern pattern, String html) {
        Matcher found = pattern.matcher(html);
        if (!found.find()) {
            throw new AssertionError("The console is not in this build; building it needs Node and npm.");
        }
        return found.group(1);
    }

    private static byte[] console(String file) throws IOException {
        try (InputStream in = StaticPage.class.getResourceAsStream(CONSOLE + file)) {
            if (in == null) {
                throw new AssertionError("The console is not in this build: no " + file);
            }
            return in.readAllBytes();
        }
    }

    private static String html(List<String> pairs, int records) {
        StringBuilder html = new StringBuilder("""
                <!doctype html>
                <html lang="en"><head><meta charset="utf-8"><title>Pairs</title>
                <link rel="stylesheet" href="app.css"><script src="app.js"></script></head>
                <body><h1>Pairs</h1><nav style="float:left;width:240px">
                """);
        for (String pair : pairs) {
            html.append("<a class=\"pairrow\" style=\"display:block\" data-pair=\"%s\" href=\"#%s\">%s</a>%n"
                    .formatted(pair, pair, pair));
        }
        html.append("</nav><div aria-label=\"Events, newest first\" style=\"height:500px;overflow:auto\">\n");
        for (int i = records; i > 0; i--) {
            html.append(("<div class=\"eventrow\" style=\"height:30px\"><span>29 Nov 2026</span> <span>10:20:30</span>"
                            + " <span>Tandem</span> <span>Connected to 'p01' on machine 'scada-%d', record %d.</span>"
                            + "</div>%n")
                    .formatted(i % 100, i));
        }
        return html.append("</div></body></html>\n").toString();
    }

    private boolean isListening() {
        try (java.net.Socket probe = new java.net.Socket(java.net.InetAddress.getLoopbackAddress(), port)) {
            return probe.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    String address() {
        return "http://127.0.0.1:" + port + "/";
    }

    @Override
    public void close() {
        process.close();
        folder.close();
    }
}
