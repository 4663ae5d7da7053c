/// Changes that look like faults and are none.
extension RuleFault {
    private static func sound(_ type: String, _ key: String, _ value: String) -> RuleFault {
        RuleFault(type, key, value, "none", "")
    }

    private static let div = #"<div xmlns=\"http://www.w3.org/1999/xhtml\">"#
    private static let reason =
        #"{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"unknown"}]}"#

    private static func entry(_ number: Int) -> String {
        #"{"fullUrl":"urn:uuid:c757873d-ec9a-4326-a141-556f4323952\#(number)","resource":{"resourceType":"Patient"}}"#
    }

    private static func narrative(_ text: String) -> RuleFault {
        sound("Patient", "text", #"{"status":"generated","div":"\#(text)"}"#)
    }

    /// Those that have none.
    package static let sound: [RuleFault] = [
        sound("Patient", "_birthDate", reason),
        sound("Patient", "birthDate", #""2000","_birthDate":\#(reason)"#),
        sound("Patient", "birthDate", #""2000","_birthDate":{"id":"a"}"#),
        sound("Patient", "name", #"[{"given":["a",null],"_given":[null,\#(reason)]}]"#),
        sound("Patient", "name", #"[{"_given":[\#(reason)]}]"#),
        sound("Patient", "name", #"[{"_family":\#(reason)}]"#),
        sound("Patient", "name", #"[{"extension":[{"url":"http://example.org/x","valueCode":"a"}]}]"#),
        sound("Observation", "_valueString", reason),
        sound("Observation", "status", #""final","_status":{"extension":[{"url":"http://x.org","valueCode":"a"}]}"#),
        sound("Patient", "modifierExtension", #"[{"url":"http://example.org/m","valueBoolean":false}]"#),
        sound(
            "Patient", "contact",
            #"[{"name":{"text":"x"},"modifierExtension":[{"url":"http://example.org/m","valueBoolean":false}]}]"#),
        sound("Patient", "extension", #"[{"url":"urn:oid:1.2.3","valueString":" x "}]"#),
        sound("Patient", "extension", #"[{"url":"http://x.org","extension":[{"url":"a","valueInteger":0}]}]"#),
        sound("Patient", "extension", #"[{"url":"http://x.org","_valueString":\#(reason)}]"#),
        sound("Patient", "extension", #"[{"url":"http://x.org","valueDecimal":-0.00}]"#),
        sound("Patient", "extension", #"[{"url":"http://x.org","valueUnsignedInt":2147483647}]"#),
        sound("Patient", "extension", #"[{"url":"http://x.org","valueBase64Binary":"Q U\nJD"}]"#),
        sound("Patient", "extension", ##"[{"url":"http://x.org","valueMarkdown":"# a\n\n* b\t<c>"}]"##),
        sound("Patient", "extension", #"[{"url":"http://x.org","valueOid":"urn:oid:1.2.0.3"}]"#),
        sound(
            "Patient", "extension",
            #"[{"url":"http://x.org","valueUuid":"urn:uuid:c757873d-ec9a-4326-a141-556f43239520"}]"#),
        sound("Patient", "extension", #"[{"url":"http://x.org","valueDosage":{"text":"x"}}]"#),
        sound("Patient", "extension", #"[{"url":"http://x.org","valueMeta":{"versionId":"1"}}]"#),
        sound("Patient", "extension", #"[{"url":"http://x.org","valueInstant":"2024-01-01T00:00:00.123456789Z"}]"#),
        sound("Patient", "birthDate", #""1900""#),
        sound("Patient", "birthDate", #""2000-02-29""#),
        sound("Patient", "deceasedDateTime", #""2016-12-31T23:59:60Z""#),
        sound("Patient", "deceasedDateTime", #""2024-06""#),
        sound("Patient", "deceasedDateTime", #""2024-06-01T00:00:00-12:00""#),
        sound("Patient", "deceasedBoolean", "false"),
        sound("Patient", "multipleBirthInteger", "-1"),
        sound("Observation", "valueTime", #""23:59:60""#),
        sound("Observation", "valueTime", #""00:00:00.0""#),
        sound("Observation", "valueQuantity", #"{"value":123456789012345678.123456789}"#),
        sound("Observation", "valueQuantity", #"{"value":1.0E-10}"#),
        sound("Observation", "valueQuantity", #"{"value":-0.0,"unit":"%"}"#),
        sound(
            "Observation", "valueSampledData",
            #"{"origin":{"value":0},"period":10,"dimensions":1,"data":"1 2 E U"}"#),
        sound("Observation", "valueRatio", #"{"extension":[{"url":"http://x.org","valueCode":"a"}]}"#),
        sound("Observation", "valuePeriod", #"{"start":"2024","end":"2024-01-01"}"#),
        sound("Observation", "valueInteger", "0"),
        sound("Observation", "valueBoolean", "false"),
        sound("Observation", "effectiveTiming", #"{"event":["2024"]}"#),
        sound("Observation", "subject", #"{"reference":"urn:uuid:c757873d-ec9a-4326-a141-556f43239520"}"#),
        sound("Observation", "subject", #"{"reference":"https://example.org/fhir/Patient/1/_history/2"}"#),
        sound("Observation", "subject", #"{"reference":"Patient?identifier=http://x.org|1"}"#),
        sound("Observation", "subject", #"{"identifier":{"value":"1"},"type":"Patient"}"#),
        sound("Observation", "subject", #"{"display":"x"}"#),
        sound("Observation", "subject", ##"{"reference":"#p"},"contained":[{"resourceType":"Patient","id":"p"}]"##),
        sound(
            "Patient", "contained",
            ##"[{"resourceType":"Organization","id":"o","name":"x"}],"extension":"##
                + ##"[{"url":"http://x.org","valueReference":{"reference":"#o"}}]"##),
        sound(
            "Patient", "contained",
            ##"[{"resourceType":"Basic","id":"a","code":{"text":"x"},"subject":{"reference":"#"}}]"##),
        sound(
            "PlanDefinition", "action",
            ##"[{"definitionCanonical":"#a"}],"contained":[{"resourceType":"ActivityDefinition","id":"a","##
                + ##""status":"draft"}]"##
        ),
        sound("Organization", "name", #""名前 \u00e9 \ud83d\ude00 \"quoted\" \\ \/""#),
        sound("Organization", "name", #""a\tb\nc\r""#),
        sound("Organization", "alias", #"["\u00a0x"]"#),
        narrative(##"\##(div)<img src=\"#x\" alt=\"x\"/></div>"##),
        narrative(#"\#(div)<img src=\"x.png\" alt=\"\"/></div>"#),
        narrative(#"\#(div)&#160;&amp;&lt;</div>"#),
        narrative(#" \#(div)<table border=\"1\"><tbody><tr><td colspan=\"2\">x</td></tr></tbody></table></div> "#),
        narrative(#"\#(div)<a href=\"http://x.org\" name=\"y\">x</a><!-- c --></div>"#),
        sound("Bundle", "entry", "[\(entry(0)),\(entry(1))]"),
        sound("Bundle", "type", #""searchset","total":0"#),
        sound("Parameters", "parameter", #"[{"name":"a","part":[{"name":"b","valueString":"c"}]}]"#),
        sound(
            "Parameters", "parameter",
            #"[{"name":"a","resource":{"resourceType":"Binary","contentType":"text/plain"}}]"#),
        sound("Invoice", "totalNet", #"{"value":-1.10,"currency":"CHF"}"#),
        sound("Media", "content", #"{"contentType":"text/plain; charset=utf-8","data":"QUJD"}"#),
        sound("Patient", "language", #""zh-Hant-TW""#),
        sound("Patient", "id", #""-.A1""#),
        sound("Coverage", "payor", #"[{"display":"x"}]"#),
    ]
}
