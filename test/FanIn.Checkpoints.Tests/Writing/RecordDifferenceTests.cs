namespace FanIn.Checkpoints.Tests;

public sealed class RecordDifferenceTests
{
    [Theory]
    [InlineData("""{"seed": "1"}""", """{"seed": "2"}""", "its seed is 1, not 2")]
    [InlineData("""{"recipe": null}""", """{"recipe": "torch"}""", "its recipe is the family's own, not torch")]
    [InlineData(
        """{"plan": {"parameters": [{"name": "a", "fanIn": null}]}}""",
        """{"plan": {"parameters": [{"name": "a", "fanIn": 3}]}}""",
        "a's fanIn is none, not 3"
    )]
    [InlineData(
        """{"plan": {"parameters": [{"name": "a", "std": 0.5}]}}""",
        """{"plan": {"parameters": [{"name": "a", "std": null}]}}""",
        "a's std is 0.5, not none"
    )]
    [InlineData("{}", """{"seed": "2"}""", "its record has no seed")]
    [InlineData("x", """{"seed": "2"}""", "its record isn't one of FanIn's")]
    public void TheFirstDifferenceIsSaid(string there, string here, string says) =>
        Assert.Equal(
            says,
            RecordDifference.Of(System.Text.Encoding.UTF8.GetBytes(there), System.Text.Encoding.UTF8.GetBytes(here))
        );
}
