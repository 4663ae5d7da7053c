import Crypto
package import FHIRServer
import FoundationEssentials
import HTTPTypes

/// A page for people: plain HTML that works without script and asks nobody else for anything.
package struct HTMLPage: Sendable {
    package var title: String
    /// HTML between the heading and the end. What comes from outside was escaped.
    package var content: String
    /// Origins or schemes, beside our own, that forms may lead to: where an application waits for its answer.
    package var formTargets: [String] = []

    package init(title: String, content: String) {
        self.title = title
        self.content = content
    }

    package func answer(_ status: Int = 200) -> PageAnswer {
        let html = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(title.htmlEscaped)</title>
            <style>\(Self.style)</style>
            </head>
            <body>
            <main>
            <h1>\(title.htmlEscaped)</h1>
            \(content)
            </main>
            </body>
            </html>

            """
        var answer = PageAnswer(status, body: Array(html.utf8))
        answer.fields[.contentType] = "text/html; charset=utf-8"
        answer.fields[.cacheControl] = "no-store"
        answer.fields[.contentSecurityPolicy] = policy
        answer.fields[.xContentTypeOptions] = "nosniff"
        answer.fields[.xFrameOptions] = "DENY"
        answer.fields[.referrerPolicy] = "no-referrer"
        return answer
    }

    private var policy: String {
        let targets = (["'self'"] + formTargets).joined(separator: " ")
        return "default-src 'none'; style-src 'sha256-\(Self.styleHash)'; form-action \(targets); "
            + "frame-ancestors 'none'; base-uri 'none'"
    }

    private static let styleHash = Data(SHA256.hash(data: Array(style.utf8))).base64EncodedString()

    private static let style = """
        :root{color-scheme:light dark;--line:#767676;--act:#0b5394;--on-act:#fff}
        @media (prefers-color-scheme:dark){:root{--act:#9ec5f0;--on-act:#111}}
        body{font:1rem/1.5 system-ui,sans-serif;margin:0;padding:1rem}
        main{max-width:34rem;margin:1rem auto}
        h1{font-size:1.5rem}
        label{display:block;margin:.75rem 0 .25rem}
        input[type=text],input[type=search],input[type=email],input[type=password]{box-sizing:border-box;width:100%;
        font:inherit;padding:.5rem;border:1px solid var(--line);border-radius:.25rem}
        fieldset{border:1px solid var(--line);border-radius:.25rem;margin:1rem 0;padding:.5rem 1rem}
        fieldset label{margin:.5rem 0}
        button{font:inherit;padding:.6rem 1.2rem;margin:1rem .5rem 0 0;border:1px solid var(--act);border-radius:.25rem;
        background:none;color:inherit;cursor:pointer}
        button.main{background:var(--act);color:var(--on-act)}
        :focus-visible{outline:3px solid var(--act);outline-offset:2px}
        .error{border-left:.3rem solid #b00020;padding-left:.75rem}
        .quiet{font-size:.9rem}
        """
}

extension String {
    /// As text or as a quoted attribute of HTML.
    package var htmlEscaped: String {
        var text = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            case "'": text += "&#39;"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}

extension HTTPField.Name {
    // Force unwrapped: the texts are valid field names.
    static let xFrameOptions = HTTPField.Name("X-Frame-Options")!
    static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
    static let pragma = HTTPField.Name("Pragma")!
}
