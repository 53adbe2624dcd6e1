package dev.larkspur.cli;

import dev.larkspur.report.JsonReport;
import dev.larkspur.report.TokenizerInfo;
import dev.larkspur.tokenizer.TokenizerSource;
import java.io.PrintWriter;
import java.util.SortedMap;
import java.util.stream.Collectors;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows a tokenizer, without starting Spark. */
@Command(
    name = "tokenizer-info",
    header = "Show the properties of a tokenizer, and how it encodes a text.",
    description = {
      "",
      "Example: larkspur tokenizer-info --tokenizer gpt2 --text \"The larkspur is blue.\"",
      ""
    })
final class TokenizerInfoCommand implements Runnable {
  private static final int SHOWN_SPECIALS = 8;

  @Spec private CommandSpec spec;

  @Option(
      names = "--tokenizer",
      required = true,
      paramLabel = "TOKENIZER",
      description =
          "gpt2, or the path of a tokenizer.json or a SentencePiece tokenizer.model, on any file"
              + " system that Spark reads.")
  private String tokenizer;

  @Option(names = "--text", paramLabel = "TEXT", description = "Show the tokens of a text.")
  private String text;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public void run() {
    TokenizerInfo info =
        TokenizerInfo.of(
            TokenizerSource.read(tokenizer, SparkHadoopUtil.get().newConfiguration(new SparkConf()))
                .tokenizer(),
            text);
    PrintWriter out = spec.commandLine().getOut();
    out.println(json ? JsonReport.of(info) : text(info));
    out.flush();
  }

  private static String text(TokenizerInfo info) {
    String sheet =
        """
        tokenizer       %s: %s
        encoder         %s
        vocabulary      %,d, %d bytes per id in a corpus
        end of text     %d
        special tokens  %s
        longest token   %d %s
        SHA-256         %s\
        """
            .formatted(
                info.source().name(),
                info.source().kind(),
                info.encoder(),
                info.ids().vocabulary(),
                info.ids().bytesPerId(),
                info.ids().endOfText(),
                specials(info.ids().specialTokens()),
                info.ids().longest().id(),
                quoted(info.ids().longest().text()),
                info.source().sha256().isEmpty() ? "none: built in" : info.source().sha256());
    return info.tokens() == null ? sheet : sheet + "\n" + tokens(info);
  }

  private static String specials(SortedMap<Integer, String> specials) {
    String first =
        specials.entrySet().stream()
            .limit(SHOWN_SPECIALS)
            .map(special -> special.getKey() + " " + special.getValue())
            .collect(Collectors.joining(", "));
    int more = specials.size() - SHOWN_SPECIALS;
    return more > 0 ? first + " and %,d more".formatted(more) : first;
  }

  private static String tokens(TokenizerInfo info) {
    return info.tokens().stream()
        .map(token -> "%8d  %s".formatted(token.id(), quoted(token.text())))
        .collect(Collectors.joining("\n", "%,d tokens%n".formatted(info.tokens().size()), ""));
  }

  /** Quotes text, so that spaces and line ends are visible. */
  private static String quoted(String text) {
    return '"' + text.replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r") + '"';
  }
}
