namespace FanIn.Tests;

/// <summary>What can be said of the initializers that are fitted to data without a model to fit.</summary>
public sealed class DataDrivenTests
{
    [Theory]
    [InlineData("lsuv", "orthogonal", false, "batch")]
    [InlineData("krahenbuhl", "normal(std=1)", false, "batch")]
    [InlineData("weight_norm", "normal(std=0.05)", false, "batch")]
    [InlineData("metainit", "he_normal", true, "loss")]
    [InlineData("metainit(start=standard_uniform)", "standard_uniform", true, "loss")]
    [InlineData("gradinit", "he_normal", true, "loss")]
    [InlineData("gradinit(start=xavier_uniform)", "xavier_uniform", true, "loss")]
    public void They_start_from_an_initializer_and_take_a_model(string text, string start, bool needsLoss, string need)
    {
        var initializer = (DataDrivenInitializer)Initializer.Parse(text);
        TensorDescription tensor = TensorDescription.Dense(2, 2);

        Assert.Equal(Initializer.Parse(start), initializer.Start);
        Assert.Equal(initializer.Start.NeedsFan, initializer.NeedsFan);
        Assert.True(initializer.IsDataDriven);
        Assert.Equal(needsLoss, initializer.NeedsLoss);
        Assert.Null(initializer.Distribution(tensor));
        Assert.Equal(
            $"{initializer} scales weights to the data that pass through a network, so it can't fill a single tensor; "
                + $"apply it to a model and give it a {need}.",
            Assert.Throws<NotSupportedException>(() => initializer.Fill(new float[4], tensor, 0, "k")).Message
        );
    }

    [Fact]
    public void Every_start_is_the_initializer_of_its_name()
    {
        foreach (SearchStart start in Enum.GetValues<SearchStart>())
        {
            string name = EnumSpelling<SearchStart>.Names[(int)start];
            Assert.Equal(Initializer.Parse(name), Initializer.GradInit(start: start).Start);
            Assert.Equal(Initializer.Parse($"metainit(start={name})"), Initializer.MetaInit(start: start));
        }
    }

    [Theory]
    [InlineData("metainit(learning_rate=0)", "a finite number above 0")]
    [InlineData("metainit(epsilon=0)", "a finite number above 0")]
    [InlineData("metainit(momentum=-1)", "a finite number, 0 or more")]
    [InlineData("metainit(steps=0)", "a whole number from 1")]
    [InlineData("gradinit(gamma=0)", "a finite number above 0")]
    [InlineData("gradinit(step_size=0)", "a finite number above 0")]
    [InlineData("gradinit(optimizer=adagrad)", "'adagrad'")]
    [InlineData("metainit(start=he)", "'he'")]
    [InlineData("lsuv(per=layer)", "'layer'")]
    [InlineData("krahenbuhl(max_tries=0)", "a whole number from 1")]
    [InlineData("krähenbühl", "here it is called 'krahenbuhl'")]
    [InlineData("kraehenbuehl", "here it is called 'krahenbuhl'")]
    public void Mistakes_are_told(string text, string part) =>
        Assert.Contains(
            part,
            Assert.Throws<SpellingException>(() => Initializer.Parse(text)).Message,
            StringComparison.Ordinal
        );
}
