package dev.larkspur.document;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.util.Set;
import java.util.regex.Pattern;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.select.NodeFilter;
import org.jsoup.select.NodeTraversor;

/**
 * Extracts the visible text of a page, one line per block. Skips elements that a page marks as
 * navigation or the like. It does not detect the main text heuristically, as trafilatura does for
 * RefinedWeb: use extracted text (WET or JSON lines) for that.
 */
final class HtmlText implements NodeFilter {
  private static final Set<String> APPARATUS =
      Set.of(
          "head",
          "script",
          "style",
          "noscript",
          "template",
          "svg",
          "nav",
          "header",
          "footer",
          "aside",
          "form",
          "button",
          "select",
          "iframe");
  private static final Pattern SPACE = Pattern.compile("[\\s\\u00a0]+");

  private final StringBuilder text = new StringBuilder();
  private boolean lineEnded = true;

  private HtmlText() {}

  /**
   * The text of a page.
   *
   * @param charset as declared by the server; null or unknown to use that of the page
   */
  static String of(byte[] page, String charset) throws IOException {
    HtmlText visitor = new HtmlText();
    NodeTraversor.filter(
        visitor, Jsoup.parse(new ByteArrayInputStream(page), known(charset), "").body());
    return visitor.text.toString().strip();
  }

  private static String known(String charset) {
    try {
      return charset != null && Charset.isSupported(charset) ? charset : null;
    } catch (IllegalCharsetNameException wrong) {
      return null;
    }
  }

  @Override
  public FilterResult head(Node node, int depth) {
    if (node instanceof TextNode words) {
      append(SPACE.matcher(words.getWholeText()).replaceAll(" "));
    } else if (node instanceof Element element) {
      if (APPARATUS.contains(element.normalName())) {
        return FilterResult.SKIP_ENTIRELY;
      }
      if (element.isBlock() || element.normalName().equals("br")) {
        endLine();
      }
    }
    return FilterResult.CONTINUE;
  }

  @Override
  public FilterResult tail(Node node, int depth) {
    if (node instanceof Element element && element.isBlock()) {
      endLine();
    }
    return FilterResult.CONTINUE;
  }

  private void append(String words) {
    String more =
        (lineEnded || text.charAt(text.length() - 1) == ' ') ? words.stripLeading() : words;
    text.append(more);
    lineEnded &= more.isEmpty();
  }

  private void endLine() {
    if (!lineEnded) {
      if (text.charAt(text.length() - 1) == ' ') {
        text.setLength(text.length() - 1);
      }
      text.append('\n');
      lineEnded = true;
    }
  }
}
