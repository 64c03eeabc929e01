namespace FanIn.Report.Tests;

/// <summary>For the eye: leaves the demo page in the folder that FANIN_REPORT_DEMO names.</summary>
public class KeepDemo
{
    [Fact(Explicit = true)]
    public void Leaves_the_demo_page_where_one_can_look_at_it()
    {
        string? folder = Environment.GetEnvironmentVariable("FANIN_REPORT_DEMO");
        Assert.SkipWhen(
            folder is null,
            "Set FANIN_REPORT_DEMO to a folder to have the demo page and its pictures there."
        );
        DemoReport.Page.Write(Path.Combine(folder, "report.html"));
        foreach ((string name, Figure figure) in DemoReport.Figures)
        {
            Picture.WriteSvg(figure, Path.Combine(folder, name + ".svg"), DemoReport.Initializers);
        }
    }
}
