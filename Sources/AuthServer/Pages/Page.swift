package import FHIRServer
package import HTTPTypes

/// A page of HTML that works without script: one heading, an error summary before everything else, labels on all
/// fields. Everything that is put in is escaped here.
package struct Page: Sendable {
    private let title: String
    private var parts: [String] = []
    private var errors: [(message: String, field: String?)] = []

    package init(_ title: String) { self.title = title }

    // MARK: - Content

    package mutating func paragraph(_ text: String) { parts.append("<p>\(Self.escaped(text))</p>") }

    /// What has gone well, told to screen readers too.
    package mutating func notice(_ text: String) {
        parts.append(#"<p class="notice" role="status">\#(Self.escaped(text))</p>"#)
    }

    /// What is wrong, with a link to the field that it is about.
    package mutating func error(_ message: String, field: String? = nil) { errors.append((message, field)) }

    package mutating func link(_ text: String, to address: String) {
        parts.append(#"<p><a href="\#(Self.escaped(address))">\#(Self.escaped(text))</a></p>"#)
    }

    /// A text that is to be copied by hand.
    package mutating func code(_ text: String, label: String) {
        parts.append("<p>\(Self.escaped(label))<br><code>\(Self.escaped(text))</code></p>")
    }

    package mutating func list(_ items: [String], isCode: Bool = false) {
        let lines = items.map { isCode ? "<li><code>\(Self.escaped($0))</code></li>" : "<li>\(Self.escaped($0))</li>" }
        parts.append("<ul>\(lines.joined())</ul>")
    }

    package mutating func heading(_ text: String) { parts.append("<h2>\(Self.escaped(text))</h2>") }

    /// HTML of a part that is made elsewhere, its texts escaped.
    mutating func append(html: String) { parts.append(html) }

    package mutating func form(_ form: PageForm) {
        parts.append(form.html { field in errors.first { $0.field == field }?.message })
    }

    // MARK: - The answer

    /// - Parameter allowsForwarding: whether forms may lead to other sites, by way of redirects.
    package func answer(_ status: Int = 200, allowsForwarding: Bool = false) -> PageAnswer {
        var answer = PageAnswer(status, body: Array(html.utf8))
        answer.fields[.contentType] = "text/html; charset=utf-8"
        Self.secure(&answer.fields, allowsForwarding: allowsForwarding)
        return answer
    }

    /// Nothing but our own stylesheet is loaded, nobody may frame a page, nobody learns its address, nothing is kept.
    package static func secure(_ fields: inout HTTPFields, allowsForwarding: Bool = false) {
        var policy = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"
        if !allowsForwarding { policy += "; form-action 'self'" }
        fields[.contentSecurityPolicy] = policy
        fields[.xContentTypeOptions] = "nosniff"
        // Not `no-referrer`, under which browsers hide the origin of forms from ourselves too.
        fields[.referrerPolicy] = "same-origin"
        fields[.frameOptions] = "DENY"
        fields[.cacheControl] = "no-store"
    }

    private var html: String {
        let heading = Self.escaped(title)
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(errors.isEmpty ? "" : "Error: ")\(heading) – Martlet</title>
            <link rel="stylesheet" href="/auth/style.css">
            </head>
            <body>
            <main>
            \(summary)<h1>\(heading)</h1>
            \(parts.joined(separator: "\n"))
            </main>
            </body>
            </html>

            """
    }

    private var summary: String {
        guard !errors.isEmpty else { return "" }
        let items = errors.map { message, field in
            let text = Self.escaped(message)
            return field.map { "<li><a href=\"#\(Self.escaped($0))\">\(text)</a></li>" } ?? "<li>\(text)</li>"
        }
        return """
            <div class="errors" role="alert" tabindex="-1" autofocus>
            <h2>There is a problem</h2>
            <ul>\(items.joined())</ul>
            </div>

            """
    }

    /// A text as HTML, in attributes too.
    static func escaped(_ text: String) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: if scalar.value >= 0x20 || scalar == "\n" { result.unicodeScalars.append(scalar) }
            }
        }
        return result
    }
}
