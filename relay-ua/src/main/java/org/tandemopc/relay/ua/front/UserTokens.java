package org.tandemopc.relay.ua.front;

import java.security.MessageDigest;
import java.security.PrivateKey;
import java.util.Objects;
import java.util.Set;
import org.eclipse.milo.opcua.stack.core.NodeIds;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.UaRuntimeException;
import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;
import org.eclipse.milo.opcua.stack.core.types.builtin.ByteString;
import org.eclipse.milo.opcua.stack.core.types.builtin.ExtensionObject;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.structured.AnonymousIdentityToken;
import org.eclipse.milo.opcua.stack.core.types.structured.UserNameIdentityToken;
import org.jspecify.annotations.Nullable;
import org.tandemopc.relay.ua.security.PasswordEncryption;
import org.tandemopc.relay.ua.security.UserIdentity;
import org.tandemopc.relay.ua.wire.UaWire;

/** From user identity tokens to identities (OPC UA Part 4, 7.40). Any thread; slow for passwords (RSA). */
final class UserTokens {
    private static final int USER_NAME_LENGTH_MAX = 512;
    private static final NodeId WITH_PASSWORD = NodeIds.UserNameIdentityToken_Encoding_DefaultBinary;
    private static final Set<NodeId> KINDS =
            Set.of(NodeIds.AnonymousIdentityToken_Encoding_DefaultBinary, WITH_PASSWORD);

    private final FrontDoorConfig config;
    private final Endpoints endpoints;

    UserTokens(FrontDoorConfig config, Endpoints endpoints) {
        this.config = config;
        this.endpoints = endpoints;
    }

    /**
     * @param channel policy of the session's channel: it says how a password is encrypted (Part 4, 7.42)
     * @param key what the certificate holds that the client was shown
     * @param serverNonce the last one that we sent
     * @throws UaException Bad_IdentityTokenInvalid: not a kind of token that we offer; Bad_IdentityTokenRejected: any
     *     fault of a password, all alike
     */
    UserIdentity identify(
            @Nullable ExtensionObject token, SecurityPolicy channel, PrivateKey key, ByteString serverNonce)
            throws UaException {
        return switch (decode(token)) {
            case null -> anonymous(Endpoints.ANONYMOUS);
            case AnonymousIdentityToken anonymous -> anonymous(anonymous.getPolicyId());
            case UserNameIdentityToken named -> named(named, endpoints.passwordPolicy(channel), key, serverNonce);
            default -> throw new UaException(StatusCodes.Bad_IdentityTokenInvalid, "kind of user token not offered");
        };
    }

    static boolean isPassword(@Nullable ExtensionObject token) {
        return token != null && WITH_PASSWORD.equals(token.getEncodingOrTypeId());
    }

    /** The same user with the same password: nobody need ask a member again. */
    static boolean identical(UserIdentity one, UserIdentity other) {
        return one.sameUser(other)
                && (!(one instanceof UserIdentity.UserName a)
                        || !(other instanceof UserIdentity.UserName b)
                        || MessageDigest.isEqual(a.password(), b.password()));
    }

    /**
     * What a client hears when a member refused its user. A wrong password and an unreadable one sound the same, so that
     * nobody can tell from outside which it was.
     */
    static StatusCode refusal(UserIdentity identity, StatusCode ofMember) {
        boolean ofUser = ofMember.value() == StatusCodes.Bad_UserAccessDenied
                || ofMember.value() == StatusCodes.Bad_IdentityTokenInvalid;
        return identity instanceof UserIdentity.UserName && ofUser
                ? new StatusCode(StatusCodes.Bad_IdentityTokenRejected)
                : ofMember;
    }

    private @Nullable Object decode(@Nullable ExtensionObject token) throws UaException {
        if (token == null || token.isNull()) {
            return null; // Part 4, 5.6.3: no token is an anonymous one
        }
        // Only what is flat is decoded: a nested body could make the decoder dig for ever.
        if (!KINDS.contains(token.getEncodingOrTypeId())) {
            throw new UaException(StatusCodes.Bad_IdentityTokenInvalid, "kind of user token not offered");
        }
        try {
            return token.decode(UaWire.plainContext());
        } catch (UaRuntimeException e) {
            throw new UaException(StatusCodes.Bad_IdentityTokenInvalid, e);
        }
    }

    private UserIdentity anonymous(@Nullable String policyId) throws UaException {
        if (!config.anonymous()) {
            throw new UaException(StatusCodes.Bad_IdentityTokenRejected, "anonymous users are not let in");
        }
        if (!Endpoints.ANONYMOUS.equals(policyId)) {
            throw new UaException(StatusCodes.Bad_IdentityTokenInvalid, "unknown policy of the user token");
        }
        return new UserIdentity.Anonymous();
    }

    private UserIdentity named(
            UserNameIdentityToken token, SecurityPolicy policy, PrivateKey key, ByteString serverNonce)
            throws UaException {
        if (!config.userName() || !Endpoints.userNamePolicyId(policy).equals(token.getPolicyId())) {
            throw new UaException(StatusCodes.Bad_IdentityTokenInvalid, "unknown policy of the user token");
        }
        String name = token.getUserName();
        boolean named = name != null && !name.isEmpty() && name.length() <= USER_NAME_LENGTH_MAX;
        boolean encrypted = Objects.equals(
                token.getEncryptionAlgorithm(),
                policy.getAsymmetricEncryptionAlgorithm().getUri());
        byte[] password = PasswordEncryption.decrypt(policy, key, token.getPassword(), serverNonce)
                .orElse(null);
        if (!named || !encrypted || name == null || password == null) {
            throw new UaException(StatusCodes.Bad_IdentityTokenRejected);
        }
        return new UserIdentity.UserName(name, password);
    }
}
