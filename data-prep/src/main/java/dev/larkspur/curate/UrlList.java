package dev.larkspur.curate;

import dev.larkspur.curate.CurationRule.BlockedUrls;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.storage.PrivateBuffers;
import dev.larkspur.storage.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** The list of {@link BlockedUrls}, read once on the driver. */
final class UrlList implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final Pattern SCHEME = Pattern.compile("^[a-z][a-z0-9+.-]*://");
  private static final Pattern USER_OR_PORT = Pattern.compile("^[^/]*@|:\\d*(?=$|/)");

  private final Set<String> entries = new HashSet<>();
  private final String sha256;

  private UrlList(byte[] file) {
    for (String line : new String(file, StandardCharsets.UTF_8).split("\\R", -1)) {
      int comment = line.indexOf('#');
      String entry = plain(comment < 0 ? line : line.substring(0, comment));
      if (!entry.isEmpty()) {
        entries.add(entry);
      }
    }
    sha256 = Sha256.hex(file);
  }

  /**
   * Reads a list.
   *
   * @throws BadInputException if it cannot be read or has no entry
   */
  static UrlList read(String path, Configuration conf) {
    Path file = new Path(path);
    try (InputStream in = PrivateBuffers.fileSystem(file, conf).open(file)) {
      UrlList list = new UrlList(in.readAllBytes());
      if (list.entries.isEmpty()) {
        throw new BadInputException(
            path + " blocks nothing: add hosts, or unset data.curation.url-blocklist.");
      }
      return list;
    } catch (IOException failure) {
      throw new BadInputException(
          "Cannot read the URL blocklist "
              + path
              + " ("
              + failure.getMessage()
              + "): correct data.curation.url-blocklist.",
          failure);
    }
  }

  /** SHA-256 of the file, in hexadecimal. */
  String sha256() {
    return sha256;
  }

  /** Whether the host, a parent domain, or a prefix of the path up to a {@code /} is listed. */
  boolean blocks(String url) {
    String plain = plain(url);
    int hostEnd = plain.indexOf('/') < 0 ? plain.length() : plain.indexOf('/');
    for (int from = 0; ; ) {
      for (int to = hostEnd; to >= 0; to = plain.indexOf('/', to + 1)) {
        if (entries.contains(plain.substring(from, to))) {
          return true;
        }
      }
      int dot = plain.indexOf('.', from);
      if (entries.contains(plain.substring(from)) || dot < 0 || dot >= hostEnd) {
        return entries.contains(plain.substring(from));
      }
      from = dot + 1;
    }
  }

  /**
   * Host in lower case and path, without scheme, user, port, query, fragment and trailing slash.
   */
  private static String plain(String url) {
    String text = url.strip();
    int query = text.indexOf('?');
    text = query < 0 ? text : text.substring(0, query);
    int fragment = text.indexOf('#');
    text = fragment < 0 ? text : text.substring(0, fragment);
    int host = text.indexOf("://") + 3;
    String scheme = host < 3 ? "" : text.substring(0, host).toLowerCase(Locale.ROOT);
    text = SCHEME.matcher(scheme).matches() ? text.substring(host) : text;
    text = USER_OR_PORT.matcher(text).replaceAll("");
    int path = text.indexOf('/');
    text =
        path < 0
            ? text.toLowerCase(Locale.ROOT)
            : text.substring(0, path).toLowerCase(Locale.ROOT) + text.substring(path);
    return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
  }
}
