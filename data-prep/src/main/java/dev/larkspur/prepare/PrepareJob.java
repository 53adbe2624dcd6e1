package dev.larkspur.prepare;

import dev.larkspur.corpus.Corpus;
import dev.larkspur.corpus.CorpusDirectory;
import dev.larkspur.corpus.CorpusManifest;
import dev.larkspur.corpus.CorpusManifest.TokenFormat;
import dev.larkspur.corpus.CorpusPart;
import dev.larkspur.corpus.CorpusPart.InputFile;
import dev.larkspur.corpus.CorpusPart.Output;
import dev.larkspur.corpus.Split;
import dev.larkspur.corpus.SplitManifest;
import dev.larkspur.corpus.SplitManifest.Shard;
import dev.larkspur.corpus.TokenWidth;
import dev.larkspur.curate.Curation;
import dev.larkspur.curate.CurationJob;
import dev.larkspur.curate.CurationJob.CuratedPart;
import dev.larkspur.document.DocumentCounts;
import dev.larkspur.document.DocumentSet;
import dev.larkspur.prepare.PackTask.BucketTotals;
import dev.larkspur.prepare.PartWriter.RejectedFile;
import dev.larkspur.prepare.ShardTask.ShardReport;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.storage.DriverFile;
import dev.larkspur.storage.LarkspurException;
import dev.larkspur.storage.Lease;
import dev.larkspur.storage.Lease.LeasePurpose;
import dev.larkspur.storage.SharedFiles;
import dev.larkspur.storage.TaskFailures;
import dev.larkspur.storage.TryAgainException;
import dev.larkspur.storage.WrittenFile;
import dev.larkspur.tokenizer.Tokenizer;
import dev.larkspur.tokenizer.TokenizerSource;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.AccessControlException;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/**
 * Builds a corpus: documents are read, hashed and tokenized; a first shuffle sorts them by hash
 * into buckets, which are cut into blocks; a second one sorts the blocks by a pseudo-random key
 * into shards. All positions depend only on content and seed, so the shards have the same bytes
 * however the work is partitioned, and after a run that is repeated.
 */
public final class PrepareJob {
  static final LeasePurpose PREPARING = new LeasePurpose("prepare", "run of prepare on");
  static final Duration LEASE_BEAT = Duration.ofSeconds(10);

  private final SparkContext spark;
  private final PrepareSettings settings;
  private final Configuration conf;
  private final CorpusDirectory directory;
  private final TokenizerSource tokenizerSource;
  private final Tokenizer tokenizer;
  private final DocumentSet documents;
  private final Curation curation;
  private final MixedSources mixedSources;
  private final ContentHashes contents;

  private PrepareJob(SparkContext spark, PrepareSettings settings) {
    this.spark = spark;
    this.settings = settings;
    this.conf = spark.hadoopConfiguration();
    this.directory = new CorpusDirectory(settings.corpus(), conf);
    this.tokenizerSource = TokenizerSource.read(settings.tokenizer(), conf);
    this.tokenizer = tokenizerSource.tokenizer();
    this.documents = DocumentSet.list(settings.input().documentSources(), conf);
    this.curation = Curation.load(settings.curation(), conf);
    this.mixedSources = new MixedSources(settings.input().sources());
    this.contents = new ContentHashes(JavaSparkContext.fromSparkContext(spark));
  }

  /**
   * Prepares a corpus, or adds the document files that it does not contain yet as a new part, if
   * there are any. Existing parts stay unchanged.
   *
   * @throws dev.larkspur.storage.LarkspurException if settings, documents, tokenizer or the corpus
   *     directory do not allow it; there is then no new manifest
   * @throws TryAgainException if another run works on the corpus, or storage fails
   */
  public static PrepareResult run(SparkContext spark, PrepareSettings settings) {
    if (spark.getConf().getBoolean("spark.speculation", false)) {
      throw new BadInputException(
          "Speculation could run two writers of one shard: set spark.speculation to false.");
    }
    try {
      return new PrepareJob(spark, settings).run();
      // Scala code throws checked exceptions without declaring them.
    } catch (Exception failure) {
      throw explained(failure, settings);
    } finally {
      spark.setJobDescription(null);
    }
  }

  /**
   * Estimates the result of {@link #run} from a sample of the documents; writes nothing.
   *
   * @param sampleBytes approximate size of the input to read; more if a piece cannot be split
   * @return empty if there is nothing to do
   * @throws dev.larkspur.storage.LarkspurException if settings, documents, tokenizer or the corpus
   *     directory do not allow the job
   */
  public static Optional<PrepareEstimate> estimate(
      SparkContext spark, PrepareSettings settings, long sampleBytes) {
    try {
      return new PrepareJob(spark, settings).estimate(sampleBytes);
      // Scala code throws checked exceptions without declaring them.
    } catch (Exception failure) {
      throw explained(failure, settings);
    } finally {
      spark.setJobDescription(null);
    }
  }

  private Optional<PrepareEstimate> estimate(long sampleBytes)
      throws IOException, InterruptedException {
    List<InputFile> inputs = new InputVersions(conf).of(documents.files());
    Leftovers found = new Leftovers(directory);
    Plan plan = plan(found.manifest(), inputs);
    if (plan.added().isEmpty()) {
      return Optional.empty();
    }
    found.refuseForeignFiles();
    mixedSources.requireFiles(reading(plan).files());
    reading(plan).requireReadable(spark);
    Estimation estimation = new Estimation(spark, settings, tokenizerSource, curation);
    return Optional.of(
        estimation.of(reading(plan), inputs.size() - plan.added().size(), sampleBytes));
  }

  private static RuntimeException explained(Exception failure, PrepareSettings settings) {
    RuntimeException found = TaskFailures.unwrap(failure);
    if (found instanceof LarkspurException || !hasCause(failure, IOException.class)) {
      return found;
    }
    String what =
        "Cannot prepare the corpus in %s (%s): "
            .formatted(settings.corpus(), TaskFailures.fileAndReason(failure));
    if (hasCause(failure, AccessDeniedException.class)
        || hasCause(failure, AccessControlException.class)) {
      return new BadInputException(what + "check that this user may write there.", failure);
    }
    return new TryAgainException(
        what
            + "check that this directory and Spark's local directories can be written and have free"
            + " space, and prepare again.",
        failure);
  }

  private static boolean hasCause(Throwable failure, Class<? extends Throwable> type) {
    return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
        .anyMatch(type::isInstance);
  }

  private PrepareResult run() throws IOException, InterruptedException {
    List<InputFile> inputs = new InputVersions(conf).of(documents.files());
    Leftovers found = new Leftovers(directory);
    Plan plan = plan(found.manifest(), inputs);
    boolean unreported = plan.added().isEmpty() && found.endedUnreported();
    if (plan.added().isEmpty() && !unreported) {
      return nothingToDo(plan, inputs);
    }
    if (!unreported) {
      mixedSources.requireFiles(reading(plan).files());
      found.refuseForeignFiles();
    }
    String group = "larkspur prepare " + directory;
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark);
    context.setJobGroup(group, "preparing", false);
    SharedFiles.refuseRelative(context, List.of(settings.corpus()));
    try (Lease lease =
        Lease.take(
            directory.files(),
            directory.root(),
            PREPARING,
            LEASE_BEAT,
            pause -> Thread.sleep(pause.toMillis()),
            () -> context.cancelJobGroup(group))) {
      // Another run may have ended between the first check and the lease.
      Leftovers leftovers = new Leftovers(directory);
      Plan now = plan(leftovers.manifest(), inputs);
      if (now.added().isEmpty()) {
        return unreported ? ended(now, inputs) : nothingToDo(now, inputs);
      }
      return add(context, now, leftovers, lease, inputs);
    } finally {
      context.clearJobGroup();
      directory.deleteIfEmpty();
    }
  }

  private record Plan(Optional<CorpusManifest> before, List<InputFile> added) {
    int part() {
      return before.map(CorpusManifest::number).orElse(0) + 1;
    }
  }

  private Plan plan(Optional<CorpusManifest> before, List<InputFile> inputs) {
    CorpusGrowth growth = new CorpusGrowth(settings, tokenizer.identity(), recipe());
    return new Plan(
        before,
        before.map(manifest -> growth.newInputs(manifest, inputs, contents)).orElse(inputs));
  }

  /**
   * The result of a previous run that could not report it; repeating the command returns that
   * result.
   */
  private PrepareResult ended(Plan plan, List<InputFile> inputs) {
    CorpusManifest manifest = Corpus.open(settings.corpus(), conf).manifest();
    int taken = manifest.parts().get(plan.part() - 2).inputs().size();
    return new PrepareResult(
        manifest, PrepareResult.Outcome.PREPARED, taken, Math.max(0, inputs.size() - taken));
  }

  private PrepareResult nothingToDo(Plan plan, List<InputFile> inputs) {
    Corpus.open(settings.corpus(), conf);
    return new PrepareResult(
        plan.before().orElseThrow(), PrepareResult.Outcome.ALREADY_DONE, 0, inputs.size());
  }

  private PrepareResult add(
      JavaSparkContext context, Plan plan, Leftovers leftovers, Lease lease, List<InputFile> inputs)
      throws IOException {
    try (DriverFile proof = DriverFile.in(context, directory.files(), directory.root())) {
      return add(context, plan, leftovers, lease, inputs, proof);
    }
  }

  private PrepareResult add(
      JavaSparkContext context,
      Plan plan,
      Leftovers leftovers,
      Lease lease,
      List<InputFile> inputs,
      DriverFile proof)
      throws IOException {
    Broadcast<SerializableConfiguration> hadoop =
        context.broadcast(new SerializableConfiguration(conf));
    Broadcast<TokenizerSource> encoder = context.broadcast(tokenizerSource);
    BlockPipeline pipeline = new BlockPipeline(settings, hadoop, encoder);
    DocumentSet reading = reading(plan);
    reading.requireReadable(spark);

    CurationJob curating = new CurationJob(context, curation, hadoop);
    JavaRDD<CuratedPart> curated = curating.curate(reading.parts(spark));
    JavaRDD<Tuple2<byte[], byte[]>> tokenized = pipeline.tokenize(curated);
    spark.setJobDescription("tokenizing");
    ReadingTotals totals = pipeline.readingTotals(tokenized);
    DocumentCounts counts = totals.report().counts();
    TooLittleText little = new TooLittleText(settings, plan.before().isEmpty());
    Optional<String> tooLittle =
        plan.before()
            .flatMap(there -> mixedSources.withoutText(totals))
            .or(() -> little.counted(mixedSources.taken(totals), counts));
    if (tooLittle.isPresent()) {
      return tooLittle(plan, inputs, tooLittle.get());
    }
    Cuts cuts = mixedSources.cut(tokenized, totals.draws(), pipeline);

    JavaRDD<Tuple2<byte[], byte[]>> packed = pipeline.pack(tokenized, cuts);
    spark.setJobDescription("packing blocks");
    List<BucketTotals> buckets = pipeline.bucketTotals(packed);
    for (Split split : Split.values()) {
      tooLittle = little.packed(split, total(buckets, split), counts);
      if (tooLittle.isPresent()) {
        return tooLittle(plan, inputs, tooLittle.get());
      }
    }

    spark.setJobDescription("writing shards");
    lease.requireHeld();
    leftovers.delete();
    PartWriter writer =
        new PartWriter(context, settings, directory, tokenizerSource, hadoop, plan.part());
    List<ShardReport> reports = writer.shards(packed, proof);
    lease.requireHeld();
    List<WrittenFile> leftOut =
        new ArrayList<>(RejectedFile.write(directory, plan.part(), totals.report().rejected()));
    leftOut.addAll(writeDropped(curating, curated, reading, plan.part()));
    CorpusPart part =
        new CorpusPart(
            settings.input().format(),
            hashed(plan.added(), contents),
            counts,
            totals.texts(),
            mixedSources.shares(reading.files(), totals.draws(), split -> total(buckets, split)),
            new Output(
                split(Split.TRAIN, buckets, reports),
                split(Split.VALIDATION, buckets, reports),
                leftOut));
    CorpusManifest manifest =
        manifest(plan, part, writer.unigramPerplexity(plan.before(), reports));
    writer.publish(lease, manifest);
    hadoop.destroy();
    encoder.destroy();
    return new PrepareResult(
        manifest,
        PrepareResult.Outcome.PREPARED,
        plan.added().size(),
        inputs.size() - plan.added().size());
  }

  /**
   * The result if there is too little text: an error for the first part; a later part waits for
   * more documents.
   */
  private static PrepareResult tooLittle(Plan plan, List<InputFile> inputs, String reason) {
    return new PrepareResult(
        plan.before().orElseThrow(() -> new BadInputException(reason)),
        PrepareResult.Outcome.TOO_LITTLE,
        0,
        inputs.size() - plan.added().size(),
        reason);
  }

  private List<InputFile> hashed(List<InputFile> added, ContentHashes contents) throws IOException {
    Map<String, String> hashes =
        contents.of(added.stream().filter(input -> !input.versionIsContent()).toList());
    // The hash must be that of the content that the shards are built from.
    new InputVersions(conf).requireUnchanged(added);
    return added.stream()
        .map(input -> input.hashed(hashes.getOrDefault(input.file(), "")))
        .toList();
  }

  private List<WrittenFile> writeDropped(
      CurationJob curating, JavaRDD<CuratedPart> curated, DocumentSet reading, int part) {
    String folder = CorpusDirectory.ofPart(CorpusDirectory.DROPPED, part);
    return curating
        .writeDropped(curated, reading.files(), directory.path(folder), settings.blocks().shards())
        .stream()
        .map(file -> file.in(folder))
        .toList();
  }

  private DocumentSet reading(Plan plan) {
    Set<String> added = plan.added().stream().map(InputFile::file).collect(Collectors.toSet());
    return documents.only(file -> added.contains(file.file()));
  }

  private BucketTotals total(List<BucketTotals> buckets, Split split) {
    return buckets.stream()
        .filter(bucket -> bucket.split() == split)
        .reduce(BucketTotals.none(split, settings.input().sources().size()), BucketTotals::plus);
  }

  private CorpusManifest manifest(Plan plan, CorpusPart part, double unigramPerplexity) {
    return plan.before()
        .map(before -> before.with(part, unigramPerplexity))
        .orElseGet(
            () ->
                new CorpusManifest(
                    CorpusManifest.VERSION,
                    new TokenFormat(
                        tokenizer.identity(),
                        settings.blocks().context(),
                        TokenWidth.of(tokenizer.vocabulary()).bytes()),
                    settings.blocks().seed(),
                    settings.blocks().validationFraction(),
                    recipe(),
                    unigramPerplexity,
                    List.of(part)));
  }

  /** Settings that decide on the documents besides their files. */
  private SortedMap<String, String> recipe() {
    SortedMap<String, String> recipe = curation.described();
    if (settings.input().sources().isEmpty()) {
      recipe.put("fields.content", settings.input().fields().content());
      recipe.put("fields.url", settings.input().fields().url());
    }
    recipe.putAll(mixedSources.described());
    return recipe;
  }

  private SplitManifest split(Split split, List<BucketTotals> buckets, List<ShardReport> reports) {
    BucketTotals total = total(buckets, split);
    List<Shard> shards =
        reports.stream().filter(report -> report.split() == split).map(ShardReport::shard).toList();
    return new SplitManifest(
        total.documents(), total.tokens(), total.tailTokens(), total.blocks(), shards);
  }
}
