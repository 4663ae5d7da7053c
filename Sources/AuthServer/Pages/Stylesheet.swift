import FHIRServer
import HTTPTypes

/// The one stylesheet of the pages: large enough to read, contrast of at least 7 to 1 (WCAG 2.2, 1.4.6), focus that is
/// seen, dark where the browser asks for it.
enum Stylesheet {
    static let path = "/auth/style.css"

    static var route: AuthRoute {
        AuthRoute(.get, path) { _ in
            var answer = PageAnswer(200, body: Array(text.utf8))
            answer.fields[.contentType] = "text/css; charset=utf-8"
            Page.secure(&answer.fields)
            answer.fields[.cacheControl] = "public, max-age=3600"
            return answer
        }
    }

    private static let text = """
        :root { color-scheme: light dark; --ink: #1b1f24; --paper: #ffffff; --line: #5b6470; --act: #0b4f8a;
          --act-ink: #ffffff; --bad: #8f1414; --good: #14532d; --quiet: #3f4751 }
        @media (prefers-color-scheme: dark) {
          :root { --ink: #f2f4f6; --paper: #14181d; --line: #a3adb8; --act: #9ccbff; --act-ink: #0b1a2a;
            --bad: #ffb3b3; --good: #a8e6bd; --quiet: #c9d1d9 }
        }
        * { box-sizing: border-box }
        body { margin: 0; background: var(--paper); color: var(--ink); font: 1.0625rem/1.5 system-ui, sans-serif }
        main { max-width: 30rem; margin: 2.5rem auto; padding: 0 1rem }
        h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 1rem }
        h2 { font-size: 1.2rem; margin: 1.5rem 0 .5rem }
        a { color: var(--act) }
        form { margin: 1rem 0 1.5rem }
        label { display: block; font-weight: 600; margin-top: 1rem }
        .hint { margin: 0; color: var(--quiet); font-size: .95rem }
        input { width: 100%; margin-top: .25rem; padding: .6rem; font: inherit; color: inherit;
          background: var(--paper); border: 2px solid var(--line); border-radius: .25rem }
        input[type=checkbox], input[type=radio] { width: 1.25rem; height: 1.25rem; margin: 0 .5rem 0 0;
          vertical-align: middle }
        fieldset { border: 2px solid var(--line); border-radius: .25rem; margin: 1rem 0; padding: .5rem 1rem 1rem }
        fieldset label { font-weight: 400 }
        legend { font-weight: 600 }
        button.other { color: var(--act); background: var(--paper); border-color: var(--act); margin-left: .5rem }
        input[aria-invalid] { border-color: var(--bad) }
        button { margin-top: 1.25rem; padding: .7rem 1.25rem; min-height: 2.75rem; font: inherit; font-weight: 600;
          color: var(--act-ink); background: var(--act); border: 2px solid transparent; border-radius: .25rem }
        :focus-visible { outline: 3px solid var(--act); outline-offset: 2px }
        .errors { border: 3px solid var(--bad); border-radius: .25rem; padding: .75rem 1rem; margin-bottom: 1.5rem }
        .errors h2 { margin-top: 0 }
        .errors a, .error { color: var(--bad); font-weight: 600 }
        .error { margin: .25rem 0 0 }
        .notice { border-left: 4px solid var(--good); padding-left: .75rem; color: var(--good); font-weight: 600 }
        code { font: 1rem/1.5 ui-monospace, monospace; overflow-wrap: anywhere; user-select: all }
        """
}
