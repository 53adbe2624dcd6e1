package dev.larkspur.settings;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The text that a run keeps of its settings. */
class ResolvedTextTest {

  @Test
  void loadsToTheSameSettings() {
    Settings settings =
        new SettingsLoader()
            .file("conf/paper/m-wide.conf")
            .text("more.conf", "spark { speculation = true, \"speculation.quantile\" = 0.9 }")
            .set("run.dir=s3a://bucket/runs/a b")
            .set("data.corpus=corpora/\"quoted\" ${name}")
            .set("data.documents=[\"a\", \"s3a://b/*\"]")
            .set("training.betas=[0.8, 0.95]")
            .load(Purpose.TRAIN);

    String hocon = settings.toHocon();
    Settings again = new SettingsLoader().text("config.conf", hocon).load(Purpose.TRAIN);

    assertThat(again)
        .usingRecursiveComparison()
        .ignoringFields("tree.resolved")
        .isEqualTo(settings);
    assertThat(again.toHocon()).isEqualTo(hocon);
  }

  @Test
  void namesNoFileOfThisMachineAndNoUnsetKey() {
    Settings settings = new SettingsLoader().file("conf/paper/s-dense.conf").load(Purpose.DESCRIBE);

    assertThat(settings.toHocon())
        .doesNotContain("#", "null", ".conf")
        .contains("learning-rate=6.0E-4", "gradient-clip=1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "spark.ssl.keyStorePassword",
        "spark.ssl.keyPassword",
        "spark.ssl.trustStorePasswd",
        "spark.authenticate.secret",
        "spark.kubernetes.authenticate.driver.oauthToken",
        "spark.hadoop.ssl.keystore.pass",
        "spark.hadoop.dfs.http.client.passphrase",
        "spark.hadoop.my.credential",
        "spark.hadoop.my.credentials",
        "spark.hadoop.my.access.key",
        "spark.hadoop.my.accessKey",
        "spark.hadoop.my.account.key",
        "spark.hadoop.my.api-key",
        "spark.hadoop.my.private.key",
        "spark.hadoop.my.signing-key",
        "spark.hadoop.fs.s3a.encryption.algorithm",
        "spark.hadoop.fs.azure.account.oauth2.client.id.account.dfs.core.windows.net",
        "spark.hadoop.fs.azure.oauth2.client.endpoint",
        "spark.hadoop.fs.adl.oauth2.client.id",
        "spark.hadoop.fs.gs.encryption.key.hash",
        "spark.hadoop.fs.gs.proxy.username",
        "spark.hadoop.fs.gs.auth.service.account.email",
        "spark.hadoop.hadoop.security.sensitive-config-keys",
      })
  void keepsNoSecrets(String name) {
    assertThat(hocon(name + "=hush")).contains("shown").doesNotContain("hush");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "spark.driver.extraJavaOptions=-Da=b -Djavax.net.ssl.trustStorePassword=hush",
        "spark.executorEnv.https_proxy=http://user:hush@proxy:3128",
      })
  void keepsNoSecretsWithinValues(String assignment) {
    assertThat(hocon(assignment)).contains("shown").doesNotContain("hush");
  }

  /** A run that is evaluated later needs them. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "spark.hadoop.fs.s3a.aws.credentials.provider=a.Provider",
        "spark.hadoop.hadoop.security.credential.provider.path=jceks://hdfs@head:9000/keys",
        "spark.sql.session.timeZone=UTC",
        "spark.driver.extraJavaOptions=-Dkey=value",
      })
  void keepsWhereSecretsAre(String assignment) {
    assertThat(hocon(assignment)).contains(assignment.split("=", 2)[1]);
  }

  private static String hocon(String assignment) {
    return new SettingsLoader()
        .file("conf/paper/s-dense.conf")
        .set(assignment)
        .set("spark.hadoop.fs.s3a.endpoint=shown")
        .load(Purpose.DESCRIBE)
        .toHocon();
  }
}
