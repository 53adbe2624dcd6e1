package dev.larkspur.settings;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The text that a run keeps of its settings. */
class ResolvedTextTest {

  @Test
  void loadsToTheSameSettings() {
    Settings settings =
        new SettingsLoader()
            .file("conf/wide/m.conf")
            .text("more.conf", "spark { speculation = true, \"speculation.quantile\" = 0.9 }")
            .set("run.dir=s3a://bucket/runs/a b")
            .set("data.corpus=corpora/\"quoted\" ${name}")
            .set("data.documents=[\"a\", \"s3a://b/*\"]")
            .set("training.betas=[0.8, 0.95]")
            .load(Purpose.TRAIN);

    String hocon = settings.toHocon();
    Settings again = new SettingsLoader().text("config.conf", hocon).load(Purpose.TRAIN);

    assertThat(again).usingRecursiveComparison().ignoringFields("resolved").isEqualTo(settings);
    assertThat(again.toHocon()).isEqualTo(hocon);
  }

  @Test
  void namesNoFileOfThisMachineAndNoUnsetKey() {
    Settings settings = new SettingsLoader().file("conf/paper/s-dense.conf").load(Purpose.DESCRIBE);

    assertThat(settings.toHocon())
        .doesNotContain("#", "null", ".conf")
        .contains("learning-rate=6.0E-4", "gradient-clip=1");
  }

  @Test
  void keepsNoSecrets() {
    Settings settings =
        new SettingsLoader()
            .file("conf/paper/s-dense.conf")
            .set("spark.ssl.keyStorePassword=hush")
            .set("spark.authenticate.secret=hush")
            .set("spark.hadoop.fs.s3a.endpoint=shown")
            .load(Purpose.DESCRIBE);

    assertThat(settings.spark()).hasSize(3);
    assertThat(settings.toHocon()).contains("shown").doesNotContain("hush");
  }
}
