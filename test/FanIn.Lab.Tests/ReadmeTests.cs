using FanIn.Tests.Shared;
using static TorchSharp.torch.nn;

namespace FanIn.Lab.Tests;

public class ReadmeTests
{
    [Fact]
    public void TheStudyExampleRuns()
    {
        // example: study
        StudyResult result = Study.Run(
            () => Sequential(Flatten(), Linear(64, 32), Tanh(), Linear(32, 10)),
            DataSets.Load("digits"),
            [Initializer.Zeros, Initializer.XavierUniform(), Initializer.Lsuv()],
            seeds: 3,
            new StudySettings { Steps = 50, LearningRates = [0.05] }
        );
        foreach (VerdictLine line in Verdict.Of(result))
        {
            Console.WriteLine(line.Text);
        }
        // end
        Readme.AssertShows("study");
        Assert.Equal([Outcome.Symmetric, Outcome.Learned, Outcome.Learned], result.Summary.Select(s => s.Outcome));
    }
}
