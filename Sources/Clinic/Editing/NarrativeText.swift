/// Narratives made of plain texts. https://hl7.org/fhir/R4/narrative.html
package enum NarrativeText {
    /// A div with a paragraph for each text; line breaks stay.
    package static func div(_ paragraphs: [String]) -> String {
        let body = paragraphs.map { paragraph in
            let lines = paragraph.split(separator: "\n", omittingEmptySubsequences: false)
            return "<p>" + lines.map { escaped(String($0)) }.joined(separator: "<br/>") + "</p>"
        }
        return #"<div xmlns="http://www.w3.org/1999/xhtml">"# + body.joined() + "</div>"
    }

    /// A div with a list.
    package static func div(list items: [String]) -> String {
        let body = items.map { "<li>" + escaped($0) + "</li>" }.joined()
        return #"<div xmlns="http://www.w3.org/1999/xhtml"><ul>"# + body + "</ul></div>"
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            default: if scalar.value >= 0x20 || scalar == "\t" { result.unicodeScalars.append(scalar) }
            }
        }
        return result
    }
}
