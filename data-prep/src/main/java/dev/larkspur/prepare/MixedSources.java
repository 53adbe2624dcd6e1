package dev.larkspur.prepare;

import dev.larkspur.corpus.CorpusPart.SourceShare;
import dev.larkspur.corpus.CorpusPart.SourceShare.SourceInput;
import dev.larkspur.corpus.CorpusPart.SourceShare.SourceTokens;
import dev.larkspur.corpus.Split;
import dev.larkspur.document.DocumentSet.DocumentFile;
import dev.larkspur.document.DocumentSource;
import dev.larkspur.prepare.PackTask.BucketTotals;
import dev.larkspur.prepare.PrepareSettings.MixedSource;
import dev.larkspur.prepare.ReadingTotals.DrawTotals;
import dev.larkspur.prepare.ReadingTotals.SplitTokens;
import dev.larkspur.storage.TryAgainException;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import scala.Tuple2;

/** The sources that a run mixes; none if it does not mix. */
final class MixedSources {
  private final List<MixedSource> sources;

  MixedSources(List<MixedSource> sources) {
    this.sources = sources;
  }

  /** Settings that decide on the mixture, by name. */
  SortedMap<String, String> described() {
    SortedMap<String, String> described = new TreeMap<>();
    if (!sources.isEmpty()) {
      // Of identical texts, the one of the first source is kept.
      described.put("sources", String.join(", ", sources.stream().map(MixedSource::name).toList()));
    }
    for (int i = 0; i < sources.size(); i++) {
      MixedSource source = sources.get(i);
      String prefix = "sources." + source.name() + ".";
      described.put(prefix + "share", String.valueOf(Mixture.share(sources, i)));
      described.put(prefix + "max-epochs", String.valueOf(source.maxEpochs()));
      described.put(prefix + "fields.content", source.documents().fields().content());
      described.put(prefix + "fields.url", source.documents().fields().url());
    }
    return described;
  }

  /**
   * Checks that each source has files for the next part.
   *
   * @throws TryAgainException if one has no file among those to add
   */
  void requireFiles(List<DocumentFile> added) {
    for (int i = 0; i < sources.size(); i++) {
      if (files(added, i) == 0) {
        throw new TryAgainException(
            "Source "
                + sources.get(i).name()
                + " has no new document files, so no new part can have its share of it: prepare"
                + " again when it has, or prepare the other sources as a separate corpus.");
      }
    }
  }

  private static int files(List<DocumentFile> files, int source) {
    return (int) files.stream().filter(file -> file.source() == source).count();
  }

  /** A message about a source whose new files have no text to train on; empty if all have some. */
  Optional<String> withoutText(ReadingTotals totals) {
    return IntStream.range(0, sources.size())
        .filter(i -> totals.draws().tokens(Split.TRAIN, i) == 0)
        .mapToObj(
            i ->
                "The new files of source "
                    + sources.get(i).name()
                    + " have no documents to train on, so no new part can have its share of it:"
                    + " they are added together with later ones.")
        .findFirst();
  }

  /** Tokens of each split, without excluded documents, and with repetitions. */
  SplitTokens taken(ReadingTotals totals) {
    if (sources.isEmpty()) {
      return totals.tokens();
    }
    Mixture mixture = new Mixture(sources, totals.draws());
    SplitTokens taken = SplitTokens.NONE;
    for (Split split : Split.values()) {
      for (int i = 0; i < sources.size(); i++) {
        taken = taken.plus(split, mixture.target(split, i));
      }
    }
    return taken;
  }

  /** Cuts each source to its share. */
  Cuts cut(JavaRDD<Tuple2<byte[], byte[]>> tokenized, DrawTotals totals, BlockPipeline pipeline) {
    if (sources.isEmpty()) {
      return Cuts.NONE;
    }
    Mixture mixture = new Mixture(sources, totals);
    tokenized.context().setJobDescription("measuring sources");
    return mixture.cut(tokenized, pipeline);
  }

  /** The shares of all sources. */
  List<SourceShare> shares(
      List<DocumentFile> files, DrawTotals totals, Function<Split, BucketTotals> packed) {
    return IntStream.range(0, sources.size())
        .mapToObj(
            i -> {
              DocumentSource documents = sources.get(i).documents();
              return new SourceShare(
                  sources.get(i).name(),
                  Mixture.share(sources, i),
                  sources.get(i).maxEpochs(),
                  new SourceInput(documents.format(), documents.fields(), files(files, i)),
                  tokens(Split.TRAIN, i, totals, packed),
                  tokens(Split.VALIDATION, i, totals, packed));
            })
        .toList();
  }

  private static SourceTokens tokens(
      Split split, int source, DrawTotals totals, Function<Split, BucketTotals> packed) {
    BucketTotals.Taken taken = packed.apply(split).sources().get(source);
    return new SourceTokens(
        totals.documents(split, source),
        totals.tokens(split, source),
        taken.documents(),
        taken.tokens());
  }
}
