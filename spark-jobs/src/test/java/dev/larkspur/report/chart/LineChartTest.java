package dev.larkspur.report.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.report.chart.LineChart.Axis;
import dev.larkspur.report.chart.LineChart.Scale;
import dev.larkspur.report.chart.LineChart.Series;
import dev.larkspur.report.chart.LineChart.Series.Band;
import dev.larkspur.report.chart.LineChart.Series.Point;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class LineChartTest {
  private static final Axis FLOPS = new Axis("training FLOPs", Scale.LOG);
  private static final Axis LOSS = new Axis("loss < 3 & falling", Scale.LINEAR);
  private static final Pattern BEGIN = Pattern.compile("M(-?[\\d.]+),(-?[\\d.]+)");

  @Test
  void equalFactorsAreEqualDistancesOnALogAxis() throws Exception {
    List<Point> marks =
        marks(chart(List.of(new Point(1e3, 1), new Point(1e4, 2), new Point(1e5, 4))));

    // The fourth is the legend's.
    assertThat(marks).hasSize(4);
    assertThat(marks.get(1).x() - marks.get(0).x())
        .isPositive()
        .isCloseTo(marks.get(2).x() - marks.get(1).x(), within(0.02));
    // Pixels count downwards.
    assertThat(marks.get(1).y() - marks.get(2).y())
        .isPositive()
        .isCloseTo(2 * (marks.get(0).y() - marks.get(1).y()), within(0.04));
  }

  @Test
  void isWellFormedWithEscapedTextsAndALegend() throws Exception {
    Document svg = parse(chart(List.of(new Point(1, 1), new Point(2, 2))));

    assertThat(texts(svg)).contains("loss < 3 & falling", "a \"name\" & more", "training FLOPs");
    assertThat(svg.getDocumentElement().getAttribute("role")).isEqualTo("img");
  }

  @Test
  void marksAndBandStayInsideTheAxes() throws Exception {
    Series series =
        new Series(
            "fit",
            List.of(new Point(1, 5)),
            List.of(new Point(1, 5), new Point(9, 2)),
            List.of(new Band(1, 4, 8), new Band(9, 1, 3)));
    String svg = new LineChart("t", FLOPS, LOSS, List.of(series)).svg();
    Element band = elements(parse(svg), "band").get(0);
    Matcher numbers = Pattern.compile("[ML]([\\d.]+),([\\d.]+)").matcher(band.getAttribute("d"));

    List<Double> heights = new ArrayList<>();
    while (numbers.find()) {
      assertThat(Double.parseDouble(numbers.group(1))).isBetween(76.0, 560.0);
      heights.add(Double.parseDouble(numbers.group(2)));
    }
    assertThat(heights).hasSize(4).allSatisfy(y -> assertThat(y).isBetween(44.0, 380.0));
    // High of the left, high and low of the right, low of the left.
    assertThat(heights.get(0)).isLessThan(heights.get(3));
    assertThat(heights.get(1)).isLessThan(heights.get(2));
  }

  @Test
  void noTwoSeriesAreAlike() {
    Set<String> looks = new HashSet<>();
    for (int i = 0; i < SeriesLook.DISTINCT; i++) {
      looks.add(SeriesLook.colour(i) + SeriesLook.dash(i) + SeriesLook.mark(i, 0, 0));
    }
    assertThat(looks).hasSize(SeriesLook.DISTINCT);
    assertThat(IntStream.range(0, 8).map(SeriesLook::colour).distinct()).hasSize(8);
  }

  @Test
  void theLegendOfManySeriesIsInsideThePage() throws Exception {
    List<Series> series =
        IntStream.range(0, 30)
            .mapToObj(
                i ->
                    Series.joined(
                        "a series with a long name, number " + i, List.of(new Point(1, i))))
            .toList();
    Document svg = parse(new LineChart("t", FLOPS, LOSS, series).svg());
    double height = Double.parseDouble(svg.getDocumentElement().getAttribute("height"));
    double width = Double.parseDouble(svg.getDocumentElement().getAttribute("width"));
    for (Element name : elements(svg, "text", "")) {
      if (name.getTextContent().startsWith("a series") && !name.hasAttribute("transform")) {
        assertThat(Double.parseDouble(name.getAttribute("y"))).isLessThan(height);
        assertThat(Double.parseDouble(name.getAttribute("x")) + 6 * name.getTextContent().length())
            .isLessThan(width);
      }
    }
    assertThat(height).isGreaterThan(30 * 20);
  }

  @Test
  void ticksAreWhereFewDataAre() throws Exception {
    List<Point> widths =
        List.of(new Point(512, 1), new Point(1024, 2), new Point(2048, 3), new Point(4096, 4));
    assertThat(texts(parse(chart(widths)))).contains("512", "1024", "2048", "4096");
    List<Point> close = List.of(new Point(1000, 1), new Point(1001, 2), new Point(9000, 3));
    assertThat(texts(parse(chart(close)))).contains("2000", "5000").doesNotContain("1001");
  }

  @Test
  void oneValueIsAChartToo() throws Exception {
    assertThat(marks(chart(List.of(new Point(5, 3))))).hasSize(2);
  }

  @Test
  void whatCannotLieOnAnAxisIsRefused() {
    LineChart chart = new LineChart("t", FLOPS, LOSS, List.of(joined(List.of(new Point(0, 1)))));
    assertThatIllegalArgumentException()
        .isThrownBy(chart::svg)
        .withMessage("the axis training FLOPs cannot show 0.0");
    LineChart nothing = new LineChart("t", FLOPS, LOSS, List.of());
    assertThatIllegalArgumentException().isThrownBy(nothing::svg);
  }

  private static String chart(List<Point> points) {
    return new LineChart("title", FLOPS, LOSS, List.of(joined(points))).svg();
  }

  private static Series joined(List<Point> points) {
    return Series.joined("a \"name\" & more", points);
  }

  private static List<Point> marks(String svg) throws Exception {
    List<Point> marks = new ArrayList<>();
    for (Element mark : elements(parse(svg), "mark")) {
      Matcher begin = BEGIN.matcher(mark.getAttribute("d"));
      assertThat(begin.lookingAt()).isTrue();
      marks.add(new Point(Double.parseDouble(begin.group(1)), Double.parseDouble(begin.group(2))));
    }
    return marks;
  }

  private static List<Element> elements(Document svg, String type) {
    return elements(svg, "path", type);
  }

  private static List<Element> elements(Document svg, String tag, String type) {
    NodeList paths = svg.getElementsByTagName(tag);
    List<Element> found = new ArrayList<>();
    for (int i = 0; i < paths.getLength(); i++) {
      Element path = (Element) paths.item(i);
      if (path.getAttribute("class").equals(type)) {
        found.add(path);
      }
    }
    return found;
  }

  private static List<String> texts(Document svg) {
    NodeList texts = svg.getElementsByTagName("text");
    List<String> found = new ArrayList<>();
    for (int i = 0; i < texts.getLength(); i++) {
      found.add(texts.item(i).getTextContent());
    }
    return found;
  }

  private static Document parse(String svg) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(svg)));
  }
}
