// @ts-check
/** Every sentence the script says. */

export const words = {
  saving: "saving",
  waiting: "waiting for the network",
  signedOut: "you are signed out",
  signIn: "Sign in",
  notYours: "this desk is not that of whoever is signed in",
  /** @param {string} said */
  andSaved: (said) => `${said}, saved.`,
  /** @param {string} said */
  andWaiting: (said) => `${said}, kept here until the network is back.`,
  nextPair: "Next pair",
  nextOutput: "Next output",
  /** @param {number} n */
  answered: (n) =>
    n === 2
      ? "Both tasks are answered and kept here"
      : n === 1
        ? "Your answer is kept here"
        : `${n} answers are kept here`,
  goesOut: "What waits goes out by itself as soon as the network is back; the next task comes with it.",
  nothingHeld: "Waiting for the network",
  comesByItself: "The next task comes by itself as soon as the network is back.",
  oneMoment: "One moment",
  fetching: "The next task is being fetched.",
  outOfTheDoor: "Your answers are kept here",
  signInThenOn: "You are signed out. Sign in again in another tab; then this page goes on by itself.",
  notYoursNow: "This desk is not yours now",
  /** @param {number} n */
  otherPerson: (n) =>
    "This page does not belong to whoever is signed in in this browser now, or the study is no longer yours. " +
    `Sign in again as yourself, or open the study from your home page.${n ? " Your answers wait here until then." : ""}`,
  keptInMemory:
    "This browser does not let the page keep anything. Do not close it while answers are waiting for the network.",
  leaseOver:
    "The time for this task ran out and it may go to someone else. Your answer still counts; give it if you can.",
  paused: "The study is paused. What you answer now still counts; new tasks come when it goes on.",
  closed: "The study is closed. What you have begun still counts; there are no new tasks.",
  quarantined: "You are not given new tasks at present. Ask whoever runs the study.",
  left: "You are no longer enrolled in this study.",
  changing: "You are changing an earlier answer. Both are kept; the new one counts.",
  leaveIt: "Leave it as it is",
  yourAnswer: "your answer",
  /** @param {number} place How far back, 0 where the page does not know. @param {string} said */
  opened: (place, said) =>
    `${["An earlier answer of yours", "Your last answer"][place] ?? `Your answer ${place} back`} is open again${said ? `: ${said}` : ""}.`,
  nothingToUndo: "There is no earlier answer to change.",
  asFarBack: "Only your last ten answers can be changed.",
  cannotOpen: "That answer cannot be opened without the network.",
  backToTask: "Back to the task you had before.",
  inTraining: "In training an answer stands once its explanation was shown.",
  rated: "Rated",
  answerFirst: "Choose an answer first.",
  everyQuestion: "Answer every question, then save.",
  lookFirst: "Read the other output first.",
  marked: "marked. Enter saves it.",
  thenCriteria: "marked. Now the questions below.",
  tooLong: "These outputs are too long to compare word by word.",
  nothingToCompare: "There is no text to compare.",
  alike: "The words are the same on both sides.",
  /** @param {number} a @param {number} b */
  differ: (a, b) => `Marked: ${a} of the words in A and ${b} in B stand on one side only.`,
  unmarked: "Marks removed.",
  close: "Close",
};
