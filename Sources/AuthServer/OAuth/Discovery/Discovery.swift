import Access
import FHIRServer
import HTTPTypes
import JSONTape

/// What clients read before they begin: SMART App Launch 2.2 ".well-known/smart-configuration", OIDC Discovery 1.0 and
/// RFC 8414.
extension OAuthService {
    @Sendable func smartConfiguration(_ request: PageRequest) async throws -> PageAnswer {
        let addresses = TokenIssuer.Addresses(base: request.base)
        return published { writer in
            writeCommon(addresses, to: &writer)
            Self.texts("capabilities", Self.capabilities, to: &writer)
        }
    }

    @Sendable func toSMARTConfiguration(_ request: PageRequest) async throws -> PageAnswer {
        var answer = PageAnswer(307)
        answer.fields[.location] = request.base + "/.well-known/smart-configuration"
        answer.fields[.accessControlAllowOrigin] = "*"
        return answer
    }

    @Sendable func openIDConfiguration(_ request: PageRequest) async throws -> PageAnswer {
        let addresses = TokenIssuer.Addresses(base: request.base)
        return published { writer in
            writeCommon(addresses, to: &writer)
            writer.member("userinfo_endpoint", addresses.issuer + "/auth/userinfo")
            Self.texts("subject_types_supported", ["public"], to: &writer)
            Self.texts("id_token_signing_alg_values_supported", ["RS256"], to: &writer)
            Self.texts(
                "claims_supported",
                [
                    "sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "fhirUser", "profile", "name",
                    "given_name",
                    "family_name", "email", "email_verified",
                ], to: &writer)
            Self.texts("prompt_values_supported", ["none", "login", "consent"], to: &writer)
            writer.key("claims_parameter_supported")
            writer.bool(false)
            writer.key("request_parameter_supported")
            writer.bool(false)
            writer.key("request_uri_parameter_supported")
            writer.bool(false)
        }
    }

    @Sendable func publishedKeys(_ request: PageRequest) async throws -> PageAnswer {
        var answer = PageAnswer(200, body: keys.published)
        answer.fields[.contentType] = "application/jwk-set+json"
        answer.fields[.cacheControl] = "public, max-age=3600"
        answer.fields[.accessControlAllowOrigin] = "*"
        return answer
    }

    /// Colours and sizes for apps that are shown within ours (SMART App Launch 2.2, "Styling").
    @Sendable func style(_ request: PageRequest) async throws -> PageAnswer {
        published { writer in
            for (name, value) in Self.styles { writer.member(name, value) }
        }
    }

    private static let styles: [(StaticString, String)] = [
        ("color_background", "#ffffff"), ("color_error", "#b00020"), ("color_highlight", "#0b5394"),
        ("color_modal_backdrop", ""), ("color_success", "#1b6e3c"), ("color_text", "#1b1b1b"),
        ("dim_border_radius", "4px"), ("dim_font_size", "16px"), ("dim_spacing_size", "16px"),
        ("font_family_body", "system-ui, sans-serif"), ("font_family_heading", "system-ui, sans-serif"),
    ]

    /// SMART App Launch 2.2, "SMART on FHIR capabilities".
    static let capabilities = [
        "launch-ehr", "launch-standalone", "authorize-post", "client-public", "client-confidential-symmetric",
        "client-confidential-asymmetric", "sso-openid-connect", "context-banner", "context-style",
        "context-ehr-patient", "context-ehr-encounter", "context-standalone-patient", "context-standalone-encounter",
        "permission-offline", "permission-online", "permission-patient", "permission-user", "permission-v1",
        "permission-v2",
    ]

    private static let scopes = [
        "openid", "fhirUser", "profile", "email", "launch", "launch/patient", "launch/encounter", "offline_access",
        "online_access",
        "patient/*.cruds", "user/*.cruds", "system/*.cruds", "patient/*.rs", "user/*.rs", "system/*.rs",
        "patient/*.read", "user/*.read", "system/*.read", "patient/*.write", "user/*.write", "system/*.write",
    ]

    private func writeCommon(_ addresses: TokenIssuer.Addresses, to writer: inout JSONWriter) {
        writer.member("issuer", addresses.issuer)
        writer.member("jwks_uri", addresses.issuer + "/auth/jwks")
        writer.member("authorization_endpoint", addresses.issuer + "/auth/authorize")
        writer.member("token_endpoint", addresses.tokenEndpoint)
        writer.member("introspection_endpoint", addresses.issuer + "/auth/introspect")
        writer.member("revocation_endpoint", addresses.issuer + "/auth/revoke")
        if takesRegistrations { writer.member("registration_endpoint", addresses.issuer + "/auth/register") }
        Self.texts("grant_types_supported", OAuthClient.Grant.allCases.map(\.rawValue), to: &writer)
        Self.texts("response_types_supported", ["code"], to: &writer)
        Self.texts("response_modes_supported", ["query"], to: &writer)
        Self.texts("code_challenge_methods_supported", ["S256"], to: &writer)
        Self.texts("scopes_supported", Self.scopes, to: &writer)
        let methods = ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"]
        for name in ["token_endpoint", "revocation_endpoint", "introspection_endpoint"] {
            let own = name == "introspection_endpoint" ? Array(methods.dropLast()) : methods
            Self.texts("\(name)_auth_methods_supported", own, to: &writer)
            Self.texts("\(name)_auth_signing_alg_values_supported", ClientAssertion.algorithms, to: &writer)
        }
        writer.key("authorization_response_iss_parameter_supported")
        writer.bool(true)
    }

    private static func texts(_ name: String, _ values: [String], to writer: inout JSONWriter) {
        writer.key(named: name)
        writer.beginArray()
        for value in values { writer.string(value) }
        writer.endArray()
    }

    /// JSON that anybody may keep for a while.
    private func published(_ write: (inout JSONWriter) -> Void) -> PageAnswer {
        var answer = Self.answer(200, write)
        answer.fields[.cacheControl] = "public, max-age=300"
        answer.fields[.pragma] = nil
        answer.fields[.accessControlAllowOrigin] = "*"
        return answer
    }
}
