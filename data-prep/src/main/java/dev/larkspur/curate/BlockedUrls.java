package dev.larkspur.curate;

/**
 * Leaves out documents of listed sites and addresses, as RefinedWeb does first (Penedo et al. 2023,
 * section 3.1).
 *
 * @param path file of the list, on any Hadoop file system: a line is a host ({@code example.org},
 *     with all hosts below it) or a host with the beginning of a path ({@code example.org/ads});
 *     what follows {@code #} is a comment
 */
public record BlockedUrls(String path) implements CurationRule {
  @Override
  public String name() {
    return "url-blocklist";
  }
}
