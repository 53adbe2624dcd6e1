package dev.larkspur.corpus;

import dev.larkspur.corpus.SplitManifest.Shard;
import dev.larkspur.storage.WrittenFile;
import dev.larkspur.tokenizer.TokenizerIdentity;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Checks that a manifest is consistent, which detects one that was edited together with its
 * checksum. The names of shards follow from their positions, so that no name points outside of the
 * corpus.
 */
public final class ManifestCheck {
  private static final int LARGEST_CONTEXT = 1 << 20;
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern EXCLUDED =
      Pattern.compile(
          "(" + String.join("|", CorpusDirectory.EXCLUDED) + ")/(\\d{6,9}/)?[\\w-]+(\\.[\\w-]+)+");

  private final CorpusManifest manifest;
  private String problem = "";

  private ManifestCheck(CorpusManifest manifest) {
    this.manifest = manifest;
  }

  /** The first inconsistency; empty if there is none. */
  public static Optional<String> problem(CorpusManifest manifest) {
    ManifestCheck check = new ManifestCheck(manifest);
    check.ids(manifest.tokenizer());
    check.numbers();
    int part = 0;
    for (CorpusPart each : manifest.parts()) {
      check.part(++part, each);
    }
    return Optional.of(check.problem).filter(found -> !found.isEmpty());
  }

  private void ids(TokenizerIdentity tokenizer) {
    int vocabulary = tokenizer.vocabulary();
    require(vocabulary >= 1, "a vocabulary of " + vocabulary);
    if (!problem.isEmpty()) {
      return;
    }
    int width = TokenWidth.of(vocabulary).bytes();
    require(
        manifest.bytesPerToken() == width,
        manifest.bytesPerToken() + " bytes a token with a vocabulary of " + vocabulary);
    require(
        tokenizer.endOfText() >= 0 && tokenizer.endOfText() < vocabulary,
        "the end of text " + tokenizer.endOfText() + " with a vocabulary of " + vocabulary);
    require(
        tokenizer.sha256().isEmpty() || isHash(tokenizer.sha256()),
        "the tokenizer's SHA-256 " + tokenizer.sha256());
  }

  private void numbers() {
    int context = manifest.context();
    require(context >= 1 && context <= LARGEST_CONTEXT, "a context of " + context);
    double share = manifest.validationFraction();
    require(share > 0 && share < 1, "a validation fraction of " + share);
    double perplexity = manifest.unigramPerplexity();
    require(
        perplexity >= 1 && perplexity < Double.POSITIVE_INFINITY,
        "a unigram perplexity of " + perplexity);
    require(manifest.number() >= 1, "no parts");
  }

  private void part(int number, CorpusPart part) {
    for (Split split : Split.values()) {
      split(number, split, part.split(split));
    }
    long files = part.sources().stream().mapToLong(source -> source.input().files()).sum();
    require(
        part.sources().isEmpty() || files == part.inputs().size(),
        files + " files of sources and " + part.inputs().size() + " inputs in part " + number);
    require(
        part.inputs().stream().allMatch(input -> input.bytes() >= 0),
        "an input of less than no bytes in part " + number);
    require(part.documents().kept() >= 0, part.documents().kept() + " documents in part " + number);
    for (WrittenFile file : part.output().leftOut()) {
      require(
          EXCLUDED.matcher(file.file()).matches() && file.bytes() > 0 && isHash(file.sha256()),
          "the file " + file);
    }
  }

  private void split(int number, Split split, SplitManifest of) {
    String where = " in the " + split.name().toLowerCase(Locale.ROOT) + " split of part ";
    long rows = 0;
    for (int index = 0; index < of.shards().size(); index++) {
      Shard shard = of.shards().get(index);
      shard(split.shardName(number, index), shard);
      rows += shard.rows();
    }
    require(rows == of.blocks(), of.blocks() + " blocks and " + rows + " rows" + where + number);
    require(
        of.documents() >= 0
            && of.tailTokens() >= 0
            && of.tokens() - of.tailTokens() == of.blocks() * (manifest.context() + 1L),
        of.tokens()
            + " tokens, "
            + of.tailTokens()
            + " of them in no block, and "
            + of.blocks()
            + " blocks"
            + where
            + number);
  }

  private void shard(String name, Shard shard) {
    require(
        shard.file().equals(name), "a shard named " + shard.file() + " in the place of " + name);
    require(
        shard.bytes() > 0 && isHash(shard.sha256()),
        shard.bytes() + " bytes of SHA-256 " + shard.sha256() + " in " + name);
    List<Integer> groups = shard.rowGroups();
    require(
        groups.stream().allMatch(rows -> rows > 0)
            && groups.stream().mapToLong(Integer::longValue).sum() == shard.rows(),
        shard.rows() + " rows in row groups of " + groups + " in " + name);
  }

  private static boolean isHash(String text) {
    return HASH.matcher(text).matches();
  }

  private void require(boolean holds, String otherwise) {
    if (!holds && problem.isEmpty()) {
      problem = otherwise;
    }
  }
}
