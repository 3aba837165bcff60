package org.tandemopc.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MirrorTest {
    @Test
    void sourceOfTheReleaseItselfIsTakenInEitherForm() {
        String paragraphs = """
                # a copy
                Types: deb
                URIs: http://updates.example/debian
                Suites: bookworm-updates

                Types: deb deb-src
                # another copy
                URIs: http://mirror.example/debian http://other.example/debian
                Suites: bookworm bookworm-backports
                """;
        assertThat(Mirror.in(paragraphs, "bookworm")).contains("http://mirror.example/debian");
        assertThat(Mirror.in(paragraphs, "trixie")).isEmpty();

        String lines = """
                # deb http://old.example/debian bookworm main
                deb-src http://source.example/debian bookworm main
                deb [arch=amd64 signed-by=/k.gpg] http://line.example/debian bookworm main contrib
                """;
        assertThat(Mirror.in(lines, "bookworm")).contains("http://line.example/debian");
        assertThat(Mirror.in(lines, "bookworm-updates")).isEmpty();
    }
}
