using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using static FanIn.Lab.Tests.Trials;

namespace FanIn.Lab.Tests;

public sealed class StudyJsonTests
{
    [Fact]
    public void The_whole_document()
    {
        TrialResult small = Trial("a", 0, 0.25, depth: 1) with
        {
            Layers = [Layer("fc1", 1.5, 0.5, 0.25), Layer("output", 2, double.NaN)],
        };
        StudyResult result = Study(
            small,
            small with
            {
                Init = "b",
                FinalLoss = double.NaN,
                TestAccuracy = double.NaN,
                StepsToTarget = null,
                Diverged = true,
                Outcome = Outcome.Diverged,
                InitialLoss = double.PositiveInfinity,
                DistinctUnits = [0],
                Curve = [double.PositiveInfinity],
            },
            small with
            {
                Init = "c",
            }
        );

        const string Trial1 = """
            "seed":1,"learningRate":0.01,"initialLoss":2.4,"finalLoss":0.25,"stepsToTarget":20,"testAccuracy":0.5,
            "diverged":false,"outcome":"learned","distinctUnits":[64],"distinctUnitsBefore":[64],"curve":[2.4,2,0.25,0.25],
            "activationRms":[1.5,2],"gradientRms":[0.5,null],"deadShare":[null,null],"saturatedShare":[0.25,null],"seconds":0.25
            """;
        const string Three = """{"mean":0.25,"min":0.25,"max":0.25}""";
        const string Steps = """{"mean":20,"min":20,"max":20}""";
        const string Half = """{"mean":0.5,"min":0.5,"max":0.5}""";
        const string None = """{"mean":null,"min":null,"max":null}""";
        string expected = $$"""
            {"study":{"data":"digits","network":"mlp:10x64:relu","initializers":["a","b","c"],"seeds":1,"steps":4,
            "batchSize":64,"optimizer":"sgd","learningRates":[0.01],"weightSeed":1,"orderSeed":1,"chanceLoss":2.302,
            "targetLoss":1.151,"finalWindow":1},
            "trials":[{"init":"a",{{Trial1}}},
            {"init":"b","seed":1,"learningRate":0.01,"initialLoss":null,"finalLoss":null,"stepsToTarget":null,
            "testAccuracy":null,"diverged":true,"outcome":"diverged","distinctUnits":[0],"distinctUnitsBefore":[64],
            "curve":[null],"activationRms":[1.5,2],"gradientRms":[0.5,null],"deadShare":[null,null],
            "saturatedShare":[0.25,null],"seconds":0.25},
            {"init":"c",{{Trial1}}}],
            "summary":[
            {"init":"a","learningRate":0.01,"finalLoss":{{Three}},"stepsToTarget":{{Steps}},"reachedTarget":1,"testAccuracy":{{Half}},"diverged":0,"outcome":"learned"},
            {"init":"b","learningRate":0.01,"finalLoss":{{None}},"stepsToTarget":{{None}},"reachedTarget":0,"testAccuracy":{{None}},"diverged":1,"outcome":"diverged"},
            {"init":"c","learningRate":0.01,"finalLoss":{{Three}},"stepsToTarget":{{Steps}},"reachedTarget":1,"testAccuracy":{{Half}},"diverged":0,"outcome":"learned"}],
            "comparisons":[{"a":"a","b":"c","difference":0,"interval":[null,null],"resolved":false,"seedsToResolve":null}],
            "sensitivity":[
            {"init":"a","learningRate":0.01,"finalLoss":{{Three}},"diverged":0,"best":true},
            {"init":"b","learningRate":0.01,"finalLoss":{{None}},"diverged":1,"best":true},
            {"init":"c","learningRate":0.01,"finalLoss":{{Three}},"diverged":0,"best":true}],
            "verdict":{{JsonSerializer.Serialize(Verdict.Of(result).Select(l => l.Text))}}}
            """;

        Assert.Equal(JsonNode.Parse(expected)!.ToJsonString(), JsonNode.Parse(Text(result))!.ToJsonString());
    }

    [Fact]
    public void Further_studies_follow_the_first()
    {
        StudyResult result = Study(Trial("a", 0, 0.25));

        JsonNode document = JsonNode.Parse(Text(result, result, result))!;

        Assert.Equal(2, document["further"]!.AsArray().Count);
        Assert.Equal(
            ["study", "trials", "summary", "comparisons", "sensitivity", "verdict"],
            document["further"]![1]!.AsObject().Select(p => p.Key)
        );
        Assert.Throws<ArgumentException>(() => Text());
    }

    [Fact]
    public void Two_runs_differ_in_seconds_alone()
    {
        DataSet set = SmallData.Of("vectors");
        string Once()
        {
            StudyResult result = Lab.Study.Run(
                () => Network.Parse("mlp:2x8:relu").Build(set),
                set,
                [Initializer.Zeros, Initializer.HeNormal(), Initializer.Parse("normal(std=1e30)")],
                2,
                new() { Steps = 10, LearningRates = [0.01, 0.1] }
            );
            return string.Join(
                '\n',
                Text(result).Split('\n').Where(l => !l.Contains("\"seconds\"", StringComparison.Ordinal))
            );
        }

        Assert.Equal(Once(), Once());
    }

    private static string Text(params StudyResult[] results)
    {
        using var stream = new MemoryStream();
        StudyJson.Write(stream, results);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
