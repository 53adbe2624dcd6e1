package dev.larkspur.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.larkspur.settings.SettingsException.SettingsProblem;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each value that cannot be is refused under its own name, with a remedy. */
class RefusalTest {
  private static final String COMPLETE =
      """
      run.dir = runs/test
      data.corpus = corpora/test
      model { hidden-dim = 64, layers = 2, query-heads = 4 }
      training { steps = 10, learning-rate = 1e-3, global-batch = 8, micro-batch = 2 }
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          spark.hadoop.fs.s3a.secret.key=hush   | spark.hadoop.fs.s3a.secret.key     | credentials are no settings
          spark.hadoop.fs.s3a.bucket.mine.access.key=hush | spark.hadoop.fs.s3a.bucket.mine.access.key | credentials are no settings
          spark.hadoop.fs.s3a.session.token=hush | spark.hadoop.fs.s3a.session.token | credentials are no settings
          spark.hadoop.fs.s3a.session.key=hush | spark.hadoop.fs.s3a.session.key | credentials are no settings
          spark.hadoop.fs.s3a.server-side-encryption.key=hush | spark.hadoop.fs.s3a.server-side-encryption.key | credentials are no settings
          spark.hadoop.fs.azure.account.key.mine.dfs.core.windows.net=hush | spark.hadoop.fs.azure.account.key.mine.dfs.core.windows.net | credentials are no settings
          spark.hadoop.fs.azure.sas.fixed.token.mine.dfs.core.windows.net=hush | spark.hadoop.fs.azure.sas.fixed.token.mine.dfs.core.windows.net | credentials are no settings
          spark.hadoop.fs.azure.sas.container.mine.blob.core.windows.net=hush | spark.hadoop.fs.azure.sas.container.mine.blob.core.windows.net | credentials are no settings
          spark.hadoop.fs.azure.account.oauth2.client.secret.mine.dfs.core.windows.net=hush | spark.hadoop.fs.azure.account.oauth2.client.secret.mine.dfs.core.windows.net | credentials are no settings
          spark.hadoop.fs.azure.account.oauth2.refresh.token=hush | spark.hadoop.fs.azure.account.oauth2.refresh.token | credentials are no settings
          spark.hadoop.fs.gs.auth.service.account.private.key=hush | spark.hadoop.fs.gs.auth.service.account.private.key | credentials are no settings
          spark.hadoop.fs.gs.auth.service.account.private.key.id=hush | spark.hadoop.fs.gs.auth.service.account.private.key.id | credentials are no settings
          model.hidden-dim=0                    | model.hidden-dim                   | must be at least 1
          model.hidden-dim=-64                  | model.hidden-dim                   | must be at least 1
          model.hidden-dim=wide                 | model.hidden-dim                   | needs a whole number
          model.hidden-dim=64.5                 | model.hidden-dim                   | needs a whole number
          model.hidden-dim=3e9                  | model.hidden-dim                   | must be at most 1048576
          model.hidden-dim=[64]                 | model.hidden-dim                   | needs a whole number
          model.layers=0                        | model.layers                       | must be at least 1
          model.query-heads=3                   | model.query-heads                  | 3 heads do not divide the attention's width 64
          model.query-heads=64                  | model.query-heads                  | an odd number
          model.attention-dim=50                | model.query-heads                  | 4 heads do not divide the attention's width 50
          model.kv-heads=3                      | model.kv-heads                     | 3 kv heads do not divide 4 query heads
          model.kv-heads=0                      | model.kv-heads                     | must be at least 1
          model.ffn-dim=0                       | model.ffn-dim                      | must be at least 1
          model.context=0                       | model.context                      | must be at least 1
          model.context=2147483647              | model.context                      | must be at most 1048576
          model.vocabulary=0                    | model.vocabulary                   | must be at least 1
          model.rope-base=0                     | model.rope-base                    | must be above 0
          model.norm-epsilon=-1e-5              | model.norm-epsilon                 | must be above 0
          model.init-std=0                      | model.init-std                     | must be above 0
          model.ffn.kind=sparse                 | model.ffn.kind                     | must be one of dense, low-rank, block-dense, block-shuffle
          model.ffn.activation=relu             | model.ffn.activation               | must be one of gelu, swiglu
          model.ffn.rank=8                      | model.ffn.rank                     | has no effect with model.ffn.kind = dense
          model.ffn.rank-fraction=0.5           | model.ffn.rank-fraction            | has no effect with model.ffn.kind = dense
          model.ffn.blocks=2                    | model.ffn.blocks                   | has no effect with model.ffn.kind = dense
          model.positions=sinusoidal            | model.positions                    | must be one of rope, learned
          model.norm=batch-norm                 | model.norm                         | must be one of layer-norm, rms-norm
          model.biases=few                      | model.biases                       | must be one of true, qkv, false
          model.residual=twice                  | model.residual                     | must be one of sequential, parallel
          model.rope-fraction=1.5               | model.rope-fraction                | must be above 0 and at most 1
          model.rope-scaling.factor=8           | model.rope-scaling.factor          | has no effect with model.rope-scaling.kind = none
          model.rope-scaling.kind=yarn          | model.rope-scaling.kind            | must be one of none, llama3
          model.tied-embedding=loosely          | model.tied-embedding               | must be true or false
          model.ffn.dense-first-layer=1         | model.ffn.dense-first-layer        | must be true or false
          training.engine=dl4j                  | training.precision                 | the engine dl4j does not compute in bf16
          training.engine=abacus                | training.engine                    | must be one of dl4j, torch
          training.device=tpu                   | training.device                    | must be one of auto, cpu, cuda
          training.precision=fp64               | training.precision                 | must be one of fp32, bf16
          training.workers=3                    | training.workers                   | 3 workers cannot share a global batch of 8
          training.workers=0                    | training.workers                   | must be at least 1
          training.workers=many                 | training.workers                   | needs a whole number
          training.workers=8                    | training.micro-batch               | each of 8 workers has 1 sequence of a step
          training.micro-batch=3                | training.micro-batch               | passes of 3 do not divide
          training.micro-batch=0                | training.micro-batch               | must be at least 1
          training.threads-per-worker=0         | training.threads-per-worker        | must be at least 1
          training.tokens=1000                  | training.steps                     | both it and training.tokens are set
          training.steps=0                      | training.steps                     | must be at least 1
          training.steps=9e18                   | training.steps                     | steps of 8 sequences (training.global-batch) are more
          training.steps=549755813889           | training.steps                     | are more sequences than can be counted
          training.tokens=5e18                  | training.tokens                    | must be at most 4611686018427387904
          training.steps=null                   | training.steps                     | neither it nor training.tokens is set
          training.global-batch=-8              | training.global-batch              | must be at least 1
          training.global-batch=null            | training.global-batch              | cannot be unset
          training.learning-rate=0              | training.learning-rate             | must be above 0
          training.learning-rate=null           | training.learning-rate             | is not set
          training.warmup-fraction=1.5          | training.warmup-fraction           | must be from 0 to 1
          training.final-learning-rate-ratio=-1 | training.final-learning-rate-ratio | must be from 0 to 1
          training.weight-decay=-0.1            | training.weight-decay              | must be 0 or above
          training.betas=[0.9]                  | training.betas                     | must be a list of 2 numbers
          training.betas=[0.9, 1.0]             | training.betas                     | at least 0 and below 1
          training.betas=[0.9, 0.99, x]         | training.betas                     | must be a list of 2 numbers
          training.betas=0.9                    | training.betas                     | must be a list of 2 numbers
          training.gradient-clip=0              | training.gradient-clip             | must be above 0
          training.validation-every=0           | training.validation-every          | must be at least 1
          training.validation-sequences=0       | training.validation-sequences      | must be at least 1
          training.log-every=0                  | training.log-every                 | must be at least 1
          training.collective-timeout=10ms      | training.collective-timeout        | must be at least 1s
          training.collective-timeout=10        | training.collective-timeout        | needs a length of time with a unit
          training.collective-timeout=long      | training.collective-timeout        | needs a length of time
          training.collective-timeout=[1]       | training.collective-timeout        | needs a length of time
          training.network-interface={a=1}      | training.network-interface         | needs a text
          training.rendezvous-ports=0           | training.rendezvous-ports          | must be auto, a port or a range
          training.rendezvous-ports=9-8         | training.rendezvous-ports          | must be auto, a port or a range
          training.rendezvous-ports=1-99999     | training.rendezvous-ports          | must be auto, a port or a range
          training.exchange.bucket-bytes=1k     | training.exchange.bucket-bytes     | must be from 65536 to 2147483648 bytes
          training.exchange.bucket-bytes=big    | training.exchange.bucket-bytes     | needs a size with a unit
          training.exchange.compression=zip     | training.exchange.compression      | must be one of none, threshold
          training.exchange.threshold.algorithm=best | training.exchange.threshold.algorithm | must be one of fixed, adaptive, target-sparsity
          training.exchange.threshold.initial=0 | training.exchange.threshold.initial | must be above 0
          training.exchange.threshold.decay-rate=1 | training.exchange.threshold.decay-rate | must be above 0 and below 1
          training.exchange.threshold.least-sparsity=0.5 | training.exchange.threshold.least-sparsity | is above most-sparsity = 0.01
          training.exchange.wire=fp16           | training.exchange.wire             | must be one of fp32, bf16
          training.shard-optimizer=2            | training.shard-optimizer           | must be true or false
          training.self-guided.mode=on          | training.self-guided.mode          | must be one of off, fixed-step, fixed-flop
          training.self-guided.mode=fixed-step  | training.self-guided.mode          | there is nothing to guide
          training.self-guided.mode=fixed-flop  | training.self-guided.fraction      | is not set
          training.self-guided.decay=steep      | training.self-guided.decay         | must be one of cosine, linear
          training.self-guided.fraction=0.5     | training.self-guided.fraction      | has no effect with training.self-guided.mode = off
          training.self-guided.fraction=1       | training.self-guided.fraction      | must be above 0 and below 1
          training.self-guided.reduce-flop=2    | training.self-guided.reduce-flop   | must be true or false
          checkpoint.every=0                    | checkpoint.every                   | must be at least 1
          checkpoint.keep=0                     | checkpoint.keep                    | must be at least 1
          metrics.sinks=[]                      | metrics.sinks                      | needs a text or a list of them
          metrics.sinks=[tensorboard, wandb]    | metrics.sinks                      | there is no sink wandb
          metrics.sinks=mlflow                  | metrics.mlflow.tracking-uri        | is not set
          metrics.mlflow.tracking-uri=mlruns    | metrics.mlflow.tracking-uri        | is not the address of a tracking server
          metrics.mlflow.tracking-uri=http://h/?t=1   | metrics.mlflow.tracking-uri  | ends with its path
          metrics.mlflow.tracking-uri=http://a:b@host | metrics.mlflow.tracking-uri  | credentials are no settings
          metrics.histograms-every=100          | metrics.histograms-every           | only the sink tensorboard takes histograms
          metrics.histograms-every=-1           | metrics.histograms-every           | must be at least 0
          metrics.peak-flops=0                  | metrics.peak-flops                 | must be above 0
          data.validation-fraction=1            | data.validation-fraction           | must be above 0 and below 1
          data.context=0                        | data.context                       | must be at least 1
          data.context=2000000                  | data.context                       | must be at most 1048576
          data.shards=0                         | data.shards                        | must be at least 1
          data.format=csv                       | data.format                        | must be one of auto, parquet, jsonl
          data.fields.url=content               | data.fields.url                    | is the field of the text
          data.rejected.records=-1              | data.rejected.records              | must be at least 0
          data.rejected.share=1.5               | data.rejected.share                | must be from 0 to 1
          data.max-document-bytes=1GiB          | data.max-document-bytes            | must be from 1 to 536870912 bytes
          data.curation.bad-words=[a, b]        | data.curation.bad-words            | needs a text
          data.curation.c4.enabled=perhaps      | data.curation.c4.enabled           | must be true or false
          data.curation.near-duplicates.rows=0  | data.curation.near-duplicates.rows | must be at least 1
          data.curation.gopher-repetition.max-top-ngrams=[0.2] | data.curation.gopher-repetition.max-top-ngrams | must be a list of 3 numbers
          data.documents=[]                     | data.documents                     | needs a text or a list of them
          data.sources=web                      | data.sources                       | needs a list
          data.sources=[{name=a}]               | data.sources                       | must be a list of 2 to 255 sources
          data.sources=[web, wiki]              | data.sources[1]                    | is no group of settings
          data.sources=[{weight=0}, {}]         | data.sources[0].weight             | must be above 0
          data.sources=[{}, {max-epochs=0}]     | data.sources[1].max-epochs         | must be at least 1
          data.sources=[{}, {wieght=1}]         | data.sources[1].wieght             | unknown setting
          data.sources=[{}, {}]                 | data.sources[1].documents          | is not set
          data.sources=[{name=a}, {name=a}]     | data.sources[1].name               | is the name of another source
          data.sources=[{}, {fields.url=content}] | data.sources[1].fields.url       | is the field of the text
          data.seed=x                           | data.seed                          | needs a whole number
          data.corpus=null                      | data.corpus                        | is not set
          data.corpus=                          | data.corpus                        | is empty
          tokenizer.vocabulary=256              | tokenizer.vocabulary               | must be at least 257
          run.seed=1.5                          | run.seed                           | needs a whole number
          run.dir={a=1}                         | run.dir                            | needs a text
          run.dir=null                          | run.dir                            | is not set
          model=3                               | model                              | is a group of settings
          spark=fast                            | spark                              | is a group of settings
          model.hiden-dim=64                    | model.hiden-dim                    | unknown setting
          """)
  void refusesUnderItsName(String assignment, String key, String message) {
    SettingsException refusal = refusal(COMPLETE, assignment);

    assertThat(refusal.problems())
        .anySatisfy(
            problem -> {
              assertThat(problem.key()).isEqualTo(key);
              assertThat(problem.message()).contains(message);
              assertThat(problem.remedy()).isNotBlank();
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          low-rank      | ''                            | model.ffn.rank-fraction | neither it nor model.ffn.rank is set
          low-rank      | rank = 0                      | model.ffn.rank          | must be at least 1
          low-rank      | rank = 65                     | model.ffn.rank          | above the smaller side of the 64 x 256
          low-rank      | rank = 8, rank-fraction = 0.5 | model.ffn.rank          | both it and model.ffn.rank-fraction are set
          low-rank      | rank-fraction = 0             | model.ffn.rank-fraction | must be above 0 and at most 1
          low-rank      | rank-fraction = 1.5           | model.ffn.rank-fraction | must be above 0 and at most 1
          low-rank      | rank-fraction = 0.001         | model.ffn.rank-fraction | is a rank below 1
          low-rank      | rank = 8, blocks = 2          | model.ffn.blocks        | has no effect with model.ffn.kind = low-rank
          block-dense   | rank = 8                      | model.ffn.blocks        | is not set
          block-dense   | blocks = 2                    | model.ffn.rank-fraction | neither it nor model.ffn.rank is set
          block-dense   | blocks = 2, rank = 128        | model.ffn.rank          | above the smaller side of the 64 x 256
          block-dense   | blocks = 3, rank = 9          | model.ffn.blocks        | 3 blocks do not divide the widths 64 and 256 and the rank 9
          block-dense   | blocks = 4, rank = 6          | model.ffn.blocks        | 4 blocks do not divide the widths 64 and 256 and the rank 6
          block-shuffle | ''                            | model.ffn.blocks        | is not set
          block-shuffle | blocks = 0                    | model.ffn.blocks        | must be at least 1
          block-shuffle | blocks = 3                    | model.ffn.blocks        | 3 blocks do not divide the widths 64 and 256
          block-shuffle | blocks = 2, rank = 8          | model.ffn.rank          | has no effect with model.ffn.kind = block-shuffle
          """)
  void refusesStructuresThatCannotBe(String kind, String rest, String key, String message) {
    String ffn = "model.ffn { kind = %s\n%s }\n".formatted(kind, rest);

    assertThat(refusal(COMPLETE + ffn).problems())
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.key()).isEqualTo(key);
              assertThat(problem.message()).contains(message);
              assertThat(problem.remedy()).isNotBlank();
            });
  }

  @ParameterizedTest
  @CsvSource({
    "model.hiden-dim, model.hidden-dim",
    "learning-rate, training.learning-rate",
    "training.learning_rate, training.learning-rate",
    "traning.steps, training",
    "checkpoint.keeps, checkpoint.keep",
    "data.betas, training.betas",
    "training.clip, training.gradient-clip",
  })
  void namesTheNearestSetting(String wrong, String right) {
    assertThat(refusal(COMPLETE, wrong + "=1").problems())
        .singleElement()
        .extracting(SettingsProblem::remedy)
        .isEqualTo("did you mean " + right + "?");
  }

  @Test
  void namesTheNearestGroupOnceForAllItsSettings() {
    assertThat(refusal(COMPLETE + "trainig { steps = 1, tokens = 2 }").problems())
        .singleElement()
        .extracting(SettingsProblem::key, SettingsProblem::remedy)
        .containsExactly("trainig", "did you mean training?");
  }

  @Test
  void refusesSpikesWhereTheirGradientWouldStay() {
    String compressed = "training.exchange.compression = threshold\n";

    assertThat(refusal(COMPLETE + compressed, "training.loss-spike-z-score=6").problems())
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.key()).isEqualTo("training.loss-spike-z-score");
              assertThat(problem.message()).contains("residual of training.exchange.compression");
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"http://me:hunter2@host", "http://me:hun@ter2@host", "ftp://me:hunter2@h"})
  void credentialsAreNotRepeated(String address) {
    assertThat(refusal(COMPLETE, "metrics.mlflow.tracking-uri=" + address))
        .hasMessageContaining("metrics.mlflow.tracking-uri")
        .hasMessageContaining("://***@h")
        .hasMessageNotContaining("ter2");
  }

  @Test
  void refusesPassesThatNoArrayHolds() {
    String pass = "training { global-batch = 4096, micro-batch = 2048 }\n";

    assertThat(refusal(COMPLETE + pass, "model.context=1048576").problems())
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.key()).isEqualTo("training.micro-batch");
              assertThat(problem.message()).contains("1048576 tokens do not fit in one array");
              assertThat(problem.remedy()).isEqualTo("set it to at most 2047");
            });
  }

  @Test
  void theLongestTrainingIsCountedInSixtyFourBits() {
    Settings settings =
        new SettingsLoader()
            .text("test.conf", COMPLETE)
            .set("training.steps=549755813888")
            .set("model.context=1048576")
            .load(Purpose.TRAIN);

    long steps = settings.training().steps(1 << 20);
    assertThat(Math.multiplyExact(Math.multiplyExact(steps, 8L), 1L << 20)).isPositive();
    assertThat(refusal(COMPLETE, "training.steps=549755813889").problems())
        .extracting(SettingsProblem::remedy)
        .containsExactly("set it to at most 549755813888");
    assertThat(new TrainingLength.Tokens(1L << 62).steps(Integer.MAX_VALUE, 1 << 20))
        .isEqualTo((1L << 62) / ((1L << 20) * Integer.MAX_VALUE) + 1);
  }

  @Test
  void reportsAllProblemsAtOnceWithFileLineValueAndRemedy() {
    String hocon =
        COMPLETE
            + """
            model.query-heads = 7
            training.lerning-rate = 1
            checkpoint.keep = 0
            """;

    SettingsException refusal = refusal(hocon, "training.workers=3");

    assertThat(refusal)
        .hasMessage(
            """
            4 problems in the settings:
              test.conf:6: training.lerning-rate = 1
                  unknown setting
                  did you mean training.learning-rate?
              test.conf:5: model.query-heads = 7
                  7 heads do not divide the attention's width 64
                  set it to one of [1, 2, 4, 8, 16, 32]
              --set: training.workers = 3
                  3 workers cannot share a global batch of 8 sequences
                  set it to one of [1, 2, 4, 8]
              test.conf:7: checkpoint.keep = 0
                  must be at least 1
                  the default is 3\
            """);
  }

  @Test
  void missingSettingsComeWithALineToWrite() {
    SettingsException refusal = refusal("run.dir = runs/test");

    assertThat(refusal.problems())
        .extracting(SettingsProblem::key, SettingsProblem::remedy)
        .contains(
            tuple("model.hidden-dim", "write, for example, model.hidden-dim = 768"),
            tuple(
                "training.steps",
                "write, for example, training.steps = 1000 or training.tokens = 2.2e9"));
  }

  @Test
  void aRightValueIsNotMissingBecauseAnotherIsWrong() {
    assertThat(refusal(COMPLETE, "model.layers=0").problems())
        .extracting(SettingsProblem::key)
        .isEqualTo(List.of("model.layers"));
  }

  private static SettingsException refusal(String hocon, String... assignments) {
    SettingsLoader loader = new SettingsLoader().text("test.conf", hocon);
    List.of(assignments).forEach(loader::set);
    return catchThrowableOfType(SettingsException.class, () -> loader.load(Purpose.TRAIN));
  }
}
