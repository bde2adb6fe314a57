//! HTML that is escaped and balanced by construction.

/// A document in the making.
#[derive(Default)]
pub struct Html(String);

impl Html {
    /// An element with its content.
    pub fn tag(
        &mut self,
        name: &str,
        attributes: &[(&str, &str)],
        content: impl FnOnce(&mut Self),
    ) {
        self.open(name, attributes);
        content(self);
        self.0.push_str("</");
        self.0.push_str(name);
        self.0.push('>');
    }

    /// An element without content, such as `meta`.
    pub fn open(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.0.push('<');
        self.0.push_str(name);
        for (name, value) in attributes {
            self.0.push(' ');
            self.0.push_str(name);
            self.0.push_str("=\"");
            self.text(value);
            self.0.push('"');
        }
        self.0.push('>');
    }

    /// An element that holds a text.
    pub fn line(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        self.tag(name, attributes, |html| html.text(text));
    }

    /// A text as it stands.
    pub fn text(&mut self, text: &str) {
        for character in text.chars() {
            match character {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                other => self.0.push(other),
            }
        }
    }

    /// A text whose `marked` parts are code.
    pub fn prose(&mut self, text: &str) {
        for (index, part) in text.split('`').enumerate() {
            if index % 2 == 1 {
                self.line("code", &[], part);
            } else {
                self.text(part);
            }
        }
    }

    /// A link.
    pub fn link(&mut self, href: &str, text: &str) {
        self.line("a", &[("href", href)], text);
    }

    /// The whole page around a body: its language, its title and the path of its style sheet.
    pub fn page(language: &str, title: &str, style: &str, body: impl FnOnce(&mut Self)) -> String {
        let mut html = Self("<!DOCTYPE html>\n".to_owned());
        html.tag("html", &[("lang", language)], |html| {
            html.tag("head", &[], |html| {
                html.open("meta", &[("charset", "utf-8")]);
                let width = "width=device-width, initial-scale=1";
                html.open("meta", &[("name", "viewport"), ("content", width)]);
                html.open(
                    "meta",
                    &[("name", "color-scheme"), ("content", "light dark")],
                );
                html.line("title", &[], title);
                html.open("link", &[("rel", "stylesheet"), ("href", style)]);
            });
            html.tag("body", &[], body);
        });
        html.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_attributes_cannot_leave_their_place() {
        let mut html = Html::default();
        html.tag("p", &[("title", "\"><script>")], |html| {
            html.prose("a `<b>` & 'c'");
        });
        assert_eq!(
            html.0,
            "<p title=\"&quot;&gt;&lt;script&gt;\">a <code>&lt;b&gt;</code> &amp; &#39;c&#39;</p>"
        );
    }
}
