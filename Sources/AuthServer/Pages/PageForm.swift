import Access

/// A form that is posted.
package struct PageForm: Sendable {
    private let action: String
    private let button: String
    private var inputs: [(name: String, label: String, type: String, extra: String, hint: String?)] = []
    private var hidden: [(String, String)] = []

    /// - Parameters:
    ///   - action: path on this server.
    ///   - token: what proves that the form is ours.
    package init(action: String, button: String, token: String) {
        self.action = action
        self.button = button
        hidden = [("csrf", token)]
    }

    package mutating func hide(_ name: String, _ value: String?) {
        if let value { hidden.append((name, value)) }
    }

    /// - Parameters:
    ///   - completion: of HTML's autocomplete: `username`, `current-password`.
    ///   - value: what was typed before; never of passwords.
    package mutating func input(
        _ name: String, _ label: String, type: String = "text", completion: String, value: String? = nil,
        hint: String? = nil, isRequired: Bool = true
    ) {
        var extra = #" autocomplete="\#(completion)""#
        if isRequired { extra += " required" }
        if completion == "one-time-code" { extra += #" inputmode="text" autocapitalize="none" spellcheck="false""# }
        if let value { extra += #" value="\#(Page.escaped(value))""# }
        inputs.append((name, label, type, extra, hint))
    }

    /// A password that somebody chooses.
    package mutating func newPassword(_ name: String, _ label: String) {
        input(
            name, label, type: "password", completion: "new-password",
            hint: "At least \(PasswordRules.leastLength) characters")
    }

    func html(error: (String) -> String?) -> String {
        var lines = [#"<form method="post" action="\#(Page.escaped(action))">"#]
        for (name, value) in hidden {
            lines.append(#"<input type="hidden" name="\#(Page.escaped(name))" value="\#(Page.escaped(value))">"#)
        }
        for input in inputs {
            var described: [String] = []
            lines.append(#"<label for="\#(input.name)">\#(Page.escaped(input.label))</label>"#)
            if let hint = input.hint {
                lines.append(#"<p class="hint" id="\#(input.name)-hint">\#(Page.escaped(hint))</p>"#)
                described.append(input.name + "-hint")
            }
            var extra = input.extra
            if let message = error(input.name) {
                lines.append(#"<p class="error" id="\#(input.name)-error">\#(Page.escaped(message))</p>"#)
                described.append(input.name + "-error")
                extra += #" aria-invalid="true""#
            }
            if !described.isEmpty { extra += #" aria-describedby="\#(described.joined(separator: " "))""# }
            lines.append(#"<input id="\#(input.name)" name="\#(input.name)" type="\#(input.type)"\#(extra)>"#)
        }
        lines.append(#"<button type="submit">\#(Page.escaped(button))</button>"#)
        lines.append("</form>")
        return lines.joined(separator: "\n")
    }
}
