package org.tandemopc.service.notify;

import java.io.IOException;
import java.io.InputStream;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.tandemopc.core.config.Secret;
import org.tandemopc.core.config.WebhookConfig;
import org.tandemopc.core.notify.Batch;
import org.tandemopc.core.notify.Notice;
import org.tandemopc.core.record.RecordTexts;
import tools.jackson.databind.json.JsonMapper;

/** By a POST of JSON. Only the status of the answer is looked at; redirects are not followed. */
final class WebhookChannel implements Channel {
    static final String NAME = "webhook";
    static final String SIGNATURE = "X-Tandem-Signature";
    private static final JsonMapper MAPPER = new JsonMapper();

    private final String pair;
    private final WebhookConfig config;
    private final Peers peers;

    WebhookChannel(String pair, WebhookConfig config, Peers peers) {
        this.pair = pair;
        this.config = config;
        this.peers = peers;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String send(Batch batch) throws DeliveryException {
        byte[] body = body(batch);
        int status = Attempt.within(peers.attempt(), attempt -> post(attempt, body));
        if (status / 100 == 3) {
            throw new DeliveryException("it answered %d; redirects are not followed".formatted(status));
        }
        if (status / 100 != 2) {
            throw new DeliveryException("it answered %d".formatted(status));
        }
        return "primary";
    }

    private int post(Attempt attempt, byte[] body) throws IOException, DeliveryException {
        URI url = URI.create(config.url().reveal());
        // The client asks for the name again, and gets what the runtime remembers for half a minute: the same.
        PeerSocket.addresses(config.host().replaceAll("[\\[\\]]", ""));
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .proxy(ProxySelector.of(null))
                .connectTimeout(peers.connect())
                .sslContext(peers.trust().context())
                .build();
        attempt.closes(client::shutdownNow);
        try {
            HttpResponse<InputStream> answer =
                    client.send(request(url, body), HttpResponse.BodyHandlers.ofInputStream());
            answer.body().close();
            return answer.statusCode();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DeliveryException("it was given up");
        }
    }

    private HttpRequest request(URI url, byte[] body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(url)
                .timeout(peers.read())
                .header("Content-Type", "application/json")
                .header("User-Agent", "Tandem")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        config.secret().ifPresent(secret -> request.header(SIGNATURE, "sha256=" + signature(secret, body)));
        return request.build();
    }

    static String signature(Secret secret, byte[] body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.reveal().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has HmacSHA256", e);
        }
    }

    private byte[] body(Batch batch) {
        List<Notice> notices = new ArrayList<>(batch.first());
        notices.addAll(batch.last());
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("pair", pair);
        json.put("suppressed", batch.omitted());
        json.put("records", notices.stream().map(WebhookChannel::record).toList());
        return MAPPER.writeValueAsBytes(json);
    }

    private static Map<String, Object> record(Notice notice) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("number", notice.number());
        json.put("at", notice.at().toString());
        json.put("pair", notice.pair());
        json.put("kind", notice.record().kind().name());
        json.put("severity", notice.record().kind().severity().name().toLowerCase(Locale.ROOT));
        json.put("client", notice.record().client());
        json.put("text", notice.record().text());
        json.put("fields", notice.record().fields());
        return json;
    }

    @Override
    public String failed() {
        return RecordTexts.notificationFailed("Webhook", config.host());
    }
}
