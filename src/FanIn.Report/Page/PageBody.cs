using System.Globalization;

namespace FanIn.Report;

/// <summary>Writes the page's text, tables and the places of its figures, which the script then fills.</summary>
internal sealed class PageBody(HtmlWriter html, Dictionary<string, int> order)
{
    private int _figures;
    private int _tables;

    public void Write(ReportPage page)
    {
        html.Open("header", ("class", "masthead")).Element("h1", page.Title);
        if (page.Subtitle is not null)
        {
            html.Element("p", page.Subtitle, ("class", "subtitle"));
        }
        html.Close().Open("main");
        for (int i = 0; i < page.Sections.Count; i++)
        {
            Write(page.Sections[i], $"section-{i + 1}");
        }
        html.Close();
        if (page.Footer is not null)
        {
            html.Open("footer").Element("p", page.Footer).Close();
        }
    }

    private void Write(ReportSection section, string id)
    {
        string heading = id + "-heading";
        html.Open("section", ("id", id), ("aria-labelledby", heading)).Element("h2", section.Heading, ("id", heading));
        if (section.Text is not null)
        {
            html.Element("p", section.Text);
        }
        bool isRow = false;
        foreach (ReportBlock block in section.Blocks)
        {
            // Charts that follow each other share a row where the screen is wide.
            bool belongs = block is LineFigure or RangeFigure;
            if (isRow && !belongs)
            {
                html.Close();
            }
            if (!isRow && belongs)
            {
                html.Open("div", ("class", "row"));
            }
            isRow = belongs;
            Write(block);
        }
        if (isRow)
        {
            html.Close();
        }
        html.Close();
    }

    private void Write(ReportBlock block)
    {
        switch (block)
        {
            case TextBlock text:
                html.Element("p", text.Text);
                break;
            case VerdictBlock verdict:
                Write(verdict);
                break;
            case SettingsBlock settings:
                html.Open("dl", ("class", "settings"));
                foreach (Setting setting in settings.Settings)
                {
                    html.Open("div").Element("dt", setting.Name).Element("dd", setting.Value).Close();
                }
                html.Close();
                break;
            case CodeBlock code:
                html.Open("div", ("class", "code")).Open("pre", ("tabindex", "0"));
                html.Element("code", code.Code).Close().Close();
                break;
            case TableBlock table:
                Write(table);
                break;
            case Figure figure:
                Write(figure);
                break;
        }
    }

    private void Write(VerdictBlock verdict)
    {
        html.Open("ul", ("class", "verdict"));
        foreach (VerdictSentence sentence in verdict.Sentences)
        {
            html.Open("li", ("class", Class(sentence.Severity)));
            html.Element("span", Word(sentence.Severity), ("class", "unseen"));
            if (sentence.Series is not null)
            {
                html.Open("strong");
                Mark(sentence.Series);
                html.Text(sentence.Series).Close();
            }
            html.Element("span", sentence.Text).Close();
        }
        html.Close();
    }

    private void Write(TableBlock table)
    {
        string caption = string.Create(CultureInfo.InvariantCulture, $"table-{++_tables}");
        html.Open("div", ("class", "table"), ("role", "region"), ("tabindex", "0"), ("aria-labelledby", caption));
        html.Open("table", ("role", "table")).Element("caption", table.Caption ?? "Table", ("id", caption));
        html.Open("thead", ("role", "rowgroup")).Open("tr", ("role", "row"));
        foreach (TableColumn column in table.Columns)
        {
            html.Element("th", column.Title, ("scope", "col"), ("role", "columnheader"), ("class", Class(column.Kind)));
        }
        html.Close().Close().Open("tbody", ("role", "rowgroup"));
        foreach (TableRow row in table.Rows)
        {
            html.Open("tr", ("role", "row"));
            for (int i = 0; i < row.Cells.Count; i++)
            {
                Cell(table.Columns[i], row, i);
            }
            html.Close();
        }
        html.Close().Close().Close();
    }

    /// <summary>The roles say what the elements are, also where a narrow screen lays them out as cards.</summary>
    private void Cell(TableColumn column, TableRow row, int index)
    {
        if (index == 0)
        {
            html.Open("th", ("scope", "row"), ("role", "rowheader"), ("class", Class(column.Kind)));
            if (row.Series is not null)
            {
                Mark(row.Series);
            }
        }
        else
        {
            html.Open("td", ("role", "cell"), ("class", Class(column.Kind)), ("data-title", column.Title));
        }
        if (column.Kind == ColumnKind.Badge)
        {
            html.Element("span", row.Cells[index], ("class", "badge " + Class(row.Severity)));
        }
        else
        {
            html.Text(row.Cells[index]);
        }
        html.Close();
    }

    private void Write(Figure figure)
    {
        int index = _figures++;
        string number = (index + 1).ToString(CultureInfo.InvariantCulture);
        string caption = $"figure-{number}-caption";
        string kind = PageData.Kind(figure);
        html.Open("figure", ("id", $"figure-{number}"), ("class", kind), ("data-figure", $"{index}"));
        html.Open("figcaption", ("id", caption)).Element("strong", $"Figure {number}. {figure.Title}");
        if (figure.Text is not null)
        {
            html.Text(" ").Element("span", figure.Text);
        }
        html.Close();
        html.Open("div", ("class", "chart"), ("role", "group"), ("aria-labelledby", caption));
        html.Element("noscript", "This figure is drawn by a script, and scripts are off.").Close().Close();
    }

    /// <summary>The series' sign: the script draws its dash and marker into it.</summary>
    private void Mark(string series)
    {
        if (order.TryGetValue(series, out int index))
        {
            html.Element("span", null, ("class", "mark"), ("data-series", $"{index}"), ("aria-hidden", "true"));
        }
    }

    private static string Class(ColumnKind kind) =>
        kind switch
        {
            ColumnKind.Number => "number",
            ColumnKind.Badge => "outcome",
            ColumnKind.Prose => "prose",
            _ => "words",
        };

    private static string Class(Severity severity) =>
        severity switch
        {
            Severity.Good => "good",
            Severity.Warning => "warning",
            Severity.Bad => "bad",
            _ => "neutral",
        };

    /// <summary>What the colour says, for those who hear the page.</summary>
    private static string? Word(Severity severity) =>
        severity switch
        {
            Severity.Good => "Good: ",
            Severity.Warning => "Warning: ",
            Severity.Bad => "Bad: ",
            _ => null,
        };
}
