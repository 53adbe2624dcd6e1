package dev.larkspur.curate;

/**
 * Leaves out documents that hold a listed word (Raffel et al. 2020, section 2.2), in any case, as a
 * word of its own; in scripts without spaces between words, anywhere, as in the authors' code for
 * Chinese, Japanese and Thai. No list comes with this project: C4 took LDNOOBW, which is CC BY 4.0.
 *
 * @param path file of the list, on any Hadoop file system: a word or phrase a line
 */
public record BadWords(String path) implements CurationRule {
  @Override
  public String name() {
    return "bad-words";
  }
}
