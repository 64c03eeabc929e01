namespace FanIn;

/// <summary>
/// Too narrow for its depth: the logarithm of the signal's mean square has a variance of about beta, the sum over the
/// hidden layers of (E f^4 / (E f^2)^2 - 1) / n, 5 / n each for relu (Hanin and Rolnick 2018; Hanin and Nica 2018), so that
/// one seed says little about the next. A note above 1, a warning above 3, where the signal of typical weights is
/// e^(-beta / 2) times what the mean promises.
/// </summary>
internal static class FluctuationRule
{
    private const double Notable = 1;
    private const double Most = 3;

    public static IEnumerable<SignalFinding> Judge(SignalEvidence evidence)
    {
        if (evidence.Prediction is not { Fluctuation: { } beta and > Notable } || !double.IsFinite(beta))
        {
            return [];
        }
        string spread = evidence.Rows is [.., { Spread: { Low: > 0 } range }, _]
            ? $"; over {evidence.Observations.Count} sets of weights the last hidden layer's RMS went from {FindingText.Number(range.Low)} to {FindingText.Number(range.High)}"
            : "";
        var finding = new SignalFinding(
            FindingKind.Fluctuation,
            beta > Most ? FindingSeverity.Warning : FindingSeverity.Note,
            "",
            $"the sum of (E f^4 / (E f^2)^2 - 1) / width over the hidden layers is {FindingText.Number(beta)} (5 / width each for relu): the signal's size varies between seeds by a factor of about {FindingText.Number(Exponential.Of(Math.Sqrt(beta) / 2))}{spread} (above 3 one seed says nothing about the next: Hanin and Rolnick 2018)"
        );
        return
        [
            beta > Most
                ? finding.MendedBy("wider layers, fewer of them, skip connections, or orthogonal weights")
                : finding,
        ];
    }
}
